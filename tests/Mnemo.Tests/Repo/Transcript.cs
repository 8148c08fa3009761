using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Mnemo.Plugin;
using Mnemo.Plugin.Chat;
using Mnemo.Plugin.Chat.Console;
using Mnemo.Plugin.Commands;
using Mnemo.Plugin.Config;
using Mnemo.Plugin.Hosting;
using Mnemo.Localization;
using Mnemo.Tests.Harness;

namespace Mnemo.Tests.Repo;

/// <summary>
/// Runs the shell lines of the README through the console chat, each in a bot of its own on the same files, and writes
/// down what comes out, so that what the README shows is what a reader sees. Only the clock is made up.
/// </summary>
internal sealed partial class Transcript(string language) : IDisposable
{
    private const string Nonce = "0";

    private readonly ScratchDirectory _scratch = new();
    private readonly StringBuilder _text = new("```console\n");
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 14, 9, 26, 0, TimeSpan.Zero));

    /// <summary>The lines so far, as a block of Markdown.</summary>
    public string Text => Receipt().Replace(_text + "```\n", "sha256:…");

    /// <summary>Somebody says a line in a new process; without a channel in private.</summary>
    public Task SayAsync(string name, string? channel, string line, CancellationToken cancellation)
    {
        var where = channel is null ? "" : $" --channel {channel}";
        _text.Append($"$ echo '{line}' | mnemo chat --as {name}{where}\n");
        return RunAsync(async services =>
        {
            var output = new StringWriter(_text) { NewLine = "\n" };
            var chat = new RedirectedChat(
                services.GetRequiredService<MnemoRuntime>(), services.GetRequiredService<ChatResponder>(), services.GetRequiredService<CommandRunner>(),
                new ConsoleIdentity(name, channel, services.GetRequiredService<MnemoConfig>(), _clock, Nonce), new RedirectedOutput(output, output, isJson: false));
            await chat.RunAsync(new InputPump<string>(new StringReader(line).ReadLine), cancellation);
        }, cancellation);
    }

    /// <summary>The operator runs a command in a new process.</summary>
    public Task CommandAsync(string command, CancellationToken cancellation)
    {
        _text.Append($"$ mnemo memory {command}\n");
        return RunAsync(async services =>
        {
            var identity = new ConsoleIdentity(null, null, services.GetRequiredService<MnemoConfig>(), _clock, Nonce);
            var reply = await services.GetRequiredService<CommandRunner>().RunTextAsync(command, identity.Caller, identity.NextId(), Strings.For(language), cancellation);
            foreach (var line in PlainReplies.Render(reply)) _text.Append(line).Append('\n');
        }, cancellation);
    }

    public void Dispose() => _scratch.Dispose();

    // A receipt's number is made from random bytes.
    [GeneratedRegex("sha256:[0-9a-f]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Receipt();

    private async Task RunAsync(Func<IServiceProvider, Task> work, CancellationToken cancellation)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["MNEMO_LANGUAGE"] = language };
        var config = ConfigFile.Load(null, Path.Combine(_scratch.Path, "data"), environment, _scratch.Path).Config!;
        var builder = MnemoServices.CreateHost(config);
        builder.Services.AddSingleton<TimeProvider>(_clock);
        using var host = builder.Build();
        await host.StartAsync(cancellation);
        await work(host.Services);
        await host.StopAsync(cancellation);
        _clock.Advance(TimeSpan.FromMinutes(7));
    }
}
