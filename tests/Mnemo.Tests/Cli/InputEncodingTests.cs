using System.Text;
using System.Text.Json.Nodes;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Cli;

public sealed class InputEncodingTests : IDisposable
{
    private const string Said = "My dog is called Biscuit.\n我的猫叫团子。\n";

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public async Task Lines_with_a_byte_order_mark_are_kept_as_they_were_said(string name)
    {
        var chat = await MnemoProcess.RunAsync(_scratch.Path, Encoding.GetEncoding(name).GetBytes("\uFEFF" + Said), "chat", "--as", "ana");

        Assert.Equal(0, chat.Exit);
        Assert.Equal(["My dog is called Biscuit.", "我的猫叫团子。"], await KeptAsync());
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("latin1")]
    public async Task Lines_that_are_no_utf8_are_refused_and_nothing_of_them_is_kept(string name)
    {
        byte[] input = [.. "I like tea.\n"u8, .. Encoding.GetEncoding(name).GetBytes("My café is über.\n")];

        var chat = await MnemoProcess.RunAsync(_scratch.Path, input, "chat", "--as", "ana");

        Assert.Contains("must be UTF-8", chat.Errors, StringComparison.Ordinal);
        Assert.Equal(["I like tea."], await KeptAsync());
    }

    [Fact]
    public async Task A_replacement_character_that_was_really_said_is_text()
    {
        await MnemoProcess.RunAsync(_scratch.Path, "The sign \uFFFD stands for a lost letter.\n", "chat", "--as", "ana");

        Assert.Equal(["The sign \uFFFD stands for a lost letter."], await KeptAsync());
    }

    [Fact]
    public async Task Half_a_character_in_json_is_refused_and_the_next_line_is_kept()
    {
        var chat = await MnemoProcess.RunAsync(_scratch.Path, """
            {"text":"My dog \ud83d is called Biscuit."}
            {"text":"I like tea."}

            """, "chat", "--as", "ana", "--json");

        Assert.Equal(0, chat.Exit);
        Assert.Contains("must be UTF-8", chat.Output, StringComparison.Ordinal);
        Assert.Equal(["I like tea."], await KeptAsync());
    }

    private async Task<IEnumerable<string>> KeptAsync()
    {
        var export = await MnemoProcess.RunAsync(_scratch.Path, "", "export", "-");
        return export.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (string)JsonNode.Parse(line)!["text"]!).Order(StringComparer.Ordinal);
    }
}
