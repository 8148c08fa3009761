using System.Text;
using Mnemo.Plugin.Commands;
using Mnemo.Plugin.Local;
using Mnemo.Transfer;
using Xunit;

namespace Mnemo.Tests.Local;

public sealed class MessageChannelTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_message_comes_back_as_it_was()
    {
        LocalMessage[] messages =
        [
            new LocalMessage.Request
            {
                Version = 1, Kind = RequestKind.Command, Command = "me show", Arguments = new() { ["n"] = "3" }, Caller = new ShellCaller("root", "en", "ána", null),
            },
            new LocalMessage.End(), new LocalMessage.Cancel(), new LocalMessage.Accepted(), new LocalMessage.Refused(RefusalReason.Busy), new LocalMessage.Notice("看\n这里"),
            new LocalMessage.Progress(new TransferProgress(1, 2, 3, 4)), new LocalMessage.More(), new LocalMessage.Done(new ExportReport(5, 6)), new LocalMessage.Done(),
            new LocalMessage.Cancelled(), new LocalMessage.Failed("no"),
        ];
        var stream = new MemoryStream();
        await using (var channel = new MessageChannel(new Kept(stream), TimeProvider.System))
            foreach (var message in messages) await channel.WriteAsync(message);
        stream.Position = 0;
        await using var reader = new MessageChannel(new Drops(stream), TimeProvider.System);
        foreach (var message in messages)
        {
            var read = await reader.ReadAsync(Token);
            if (message is LocalMessage.Request request)
            {
                var back = Assert.IsType<LocalMessage.Request>(read);
                Assert.Equal(request.Arguments, back.Arguments);
                Assert.Equal((request.Kind, request.Command, request.Caller), (back.Kind, back.Command, back.Caller));
            }
            else
            {
                Assert.Equal(message, read);
            }
        }

        Assert.Null(await reader.ReadAsync(Token));
    }

    [Fact]
    public async Task Bytes_pass_as_they_are_in_pieces_of_a_bounded_size()
    {
        var bytes = Enumerable.Range(0, (2 * MessageChannel.MaxDataBytes) + 17).Select(i => (byte)(i % 251)).ToArray();
        var stream = new MemoryStream();
        await using (var channel = new MessageChannel(new Kept(stream), TimeProvider.System)) await channel.WriteDataAsync(bytes);
        stream.Position = 0;
        await using var reader = new MessageChannel(new Drops(stream), TimeProvider.System);
        var back = new MemoryStream();
        while (await reader.ReadAsync(Token) is LocalMessage.Data data)
        {
            Assert.InRange(data.Bytes, 1, MessageChannel.MaxDataBytes);
            back.Write(await reader.ReadDataAsync(data, Token));
        }

        Assert.Equal(bytes, back.ToArray());
    }

    [Theory]
    [InlineData("secret nonsense\n")]
    [InlineData("{\"type\":\"secret\"}\n")]
    [InlineData("{\"text\":\"secret\"}\n")]
    [InlineData("[\"secret\"]\n")]
    [InlineData("null\n")]
    [InlineData("{\"type\":\"refused\"}\n")]
    [InlineData("{\"type\":\"refused\",\"reason\":null}\n")]
    [InlineData("{\"type\":\"data\",\"bytes\":-1}\n")]
    [InlineData("{\"type\":\"data\",\"bytes\":999999999}\n")]
    [InlineData("{\"type\":\"request\",\"arguments\":\"secret\"}\n")]
    public async Task What_is_no_message_is_refused_and_not_quoted(string line)
    {
        await using var channel = new MessageChannel(new MemoryStream(Encoding.UTF8.GetBytes(line)), TimeProvider.System);
        var refused = await Assert.ThrowsAsync<ProtocolException>(() => channel.ReadAsync(Token));
        Assert.DoesNotContain("secret", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_without_end_is_not_kept()
    {
        await using var channel = new MessageChannel(new Endless(), TimeProvider.System);
        await Assert.ThrowsAsync<ProtocolException>(() => channel.ReadAsync(Token));
    }

    [Theory]
    [InlineData("{\"type\":\"end\"")]
    [InlineData("{\"type\":\"data\",\"bytes\":5}\nabc")]
    public async Task A_peer_that_goes_in_the_middle_has_gone(string text)
    {
        await using var channel = new MessageChannel(new MemoryStream(Encoding.UTF8.GetBytes(text)), TimeProvider.System);
        await Assert.ThrowsAsync<PeerGoneException>(async () => await channel.ReadDataAsync((LocalMessage.Data)(await channel.ReadAsync(Token))!, Token));
    }

    [Fact]
    public async Task Every_block_of_a_reply_comes_back_as_it_was()
    {
        CommandReply reply = new(false,
        [
            new ReplyBlock.Paragraph("line"), new ReplyBlock.Heading("头"), new ReplyBlock.Notice(NoticeKind.Warning, "look"), new ReplyBlock.Rows([("name", "value"), ("", "")]),
            new ReplyBlock.Table(["a", "b"], [["1", "2"], ["3", "4"]]), new ReplyBlock.Table(["a"], []), new ReplyBlock.Attachment("f.jsonl", ["{\"x\":1}", "2"]),
        ]) { IsPreview = true, IsUsageProblem = true };
        // A kind of block that is new has to have its form, too.
        Assert.Equal(typeof(ReplyBlock).GetNestedTypes().Length, reply.Blocks.Select(b => b.GetType()).Distinct().Count());
        var stream = new MemoryStream();
        await ReplyJson.WriteAsync(stream, reply, Token);
        var back = ReplyJson.Read(stream.ToArray());
        Assert.Equal((reply.IsSuccess, reply.IsPreview, reply.IsUsageProblem), (back.IsSuccess, back.IsPreview, back.IsUsageProblem));
        Assert.Equal(reply.Blocks.Select(b => b.GetType()), back.Blocks.Select(b => b.GetType()));
        Assert.Equal(PlainReplies.Render(reply), PlainReplies.Render(back));
    }

    /// <summary>Gives a byte at a time, as a socket may.</summary>
    private sealed class Drops(MemoryStream inner) : OneWayStream
    {
        public override bool CanRead => true;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);
    }

    /// <summary>Stays open when the channel closes.</summary>
    private sealed class Kept(MemoryStream inner) : OneWayStream
    {
        public override bool CanWrite => true;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);
    }

    private sealed class Endless : OneWayStream
    {
        public override bool CanRead => true;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)'x');
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
