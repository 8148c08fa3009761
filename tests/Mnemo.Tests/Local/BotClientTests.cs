using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Mnemo.Plugin.Commands;
using Mnemo.Plugin.Local;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Local;

/// <summary>The shell's end of the socket, beside bots that behave as the test wants.</summary>
public sealed class BotClientTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly ConcurrentQueue<string> _said = new();
    private readonly SocketListener _listener;

    public BotClientTests() => _listener = SocketListener.Open(_scratch.Path, backlog: 1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _listener.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Nobody_listens_where_no_socket_is_and_where_a_killed_bot_left_one()
    {
        using var empty = new ScratchDirectory();
        Assert.Null(await BotClient.TryConnectAsync(empty.Path, _ => Task.CompletedTask, _clock, Token));
        using (var killed = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            killed.Bind(new UnixDomainSocketEndPoint(Path.Combine(empty.Path, "mnemo.sock")));
            Assert.Null(await BotClient.TryConnectAsync(empty.Path, _ => Task.CompletedTask, _clock, Token));
        }
    }

    [Fact]
    public async Task Both_ends_know_that_the_other_is_of_the_same_account()
    {
        var (asking, bot) = await AskAsync(Token);
        Assert.True(bot.IsOfSameUser);
        await bot.Channel.DisposeAsync();
        await Assert.ThrowsAsync<NothingBegunException>(() => asking);
    }

    [Fact]
    public async Task A_bot_that_does_not_answer_is_not_waited_for()
    {
        var (asking, _) = await AskAsync(Token);
        await Eventually.HoldsAsync(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
            return asking.IsCompleted;
        });
        Assert.Equal(RefusalReason.Silent, (await Assert.ThrowsAsync<BotRefusedException>(() => asking)).Reason);
    }

    [Fact]
    public async Task What_the_bot_says_before_it_begins_decides()
    {
        foreach (var reason in new[] { RefusalReason.Busy, RefusalReason.Version, RefusalReason.User })
        {
            var (asking, bot) = await AskAsync(Token);
            await bot.Channel.WriteAsync(new LocalMessage.Refused(reason));
            Assert.Equal(reason, (await Assert.ThrowsAsync<BotRefusedException>(() => asking)).Reason);
        }

        var (early, stopping) = await AskAsync(Token);
        await stopping.Channel.WriteAsync(new LocalMessage.Refused(RefusalReason.Stopping));
        await Assert.ThrowsAsync<NothingBegunException>(() => early);
    }

    [Fact]
    public async Task A_bot_that_ends_in_the_middle_or_fails_is_told_apart()
    {
        var (asking, bot) = await AskAsync(Token);
        await bot.Channel.WriteAsync(new LocalMessage.Accepted());
        await bot.Channel.DisposeAsync();
        await Assert.ThrowsAsync<PeerGoneException>(() => asking);

        (asking, bot) = await AskAsync(Token);
        await bot.Channel.WriteAsync(new LocalMessage.Accepted());
        await bot.Channel.WriteAsync(new LocalMessage.Failed("The disk is full."));
        Assert.Equal("The disk is full.", (await Assert.ThrowsAsync<BotFailedException>(() => asking)).Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ctrl_C_asks_the_bot_to_stop_and_a_closed_terminal_leaves_it_alone(bool isShellGone)
    {
        using var wish = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var (asking, bot) = await AskAsync(wish.Token, isShellGone);
        Assert.IsType<LocalMessage.Request>(await bot.Channel.ReadAsync(Token));
        await bot.Channel.WriteAsync(new LocalMessage.Accepted());
        await bot.Channel.WriteAsync(new LocalMessage.Notice("begun"));
        await Eventually.HoldsAsync(() => _said.Contains("begun"));
        await wish.CancelAsync();
        Assert.Equal(isShellGone ? null : new LocalMessage.Cancel(), await bot.Channel.ReadAsync(Token));
        if (!isShellGone) await bot.Channel.WriteAsync(new LocalMessage.Cancelled());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    private Task SaidAsync(string text)
    {
        _said.Enqueue(text);
        return Task.CompletedTask;
    }

    /// <summary>Begins to ask for the status; the other end is the bot's.</summary>
    private async Task<(Task<CommandReply> Asking, (MessageChannel Channel, bool IsOfSameUser) Bot)> AskAsync(CancellationToken cancellation, bool isShellGone = false)
    {
        var client = await BotClient.TryConnectAsync(_scratch.Path, SaidAsync, _clock, Token);
        client!.IsShellGone = () => isShellGone;
        var socket = await _listener.AcceptAsync(Token);
        var asking = client.RunAsync(CommandModel.All.Single(c => c.Path == "status"), CommandArguments.None, new ShellCaller("root", "en"), cancellation);
        return (asking, (new MessageChannel(new NetworkStream(socket, ownsSocket: true), TimeProvider.System), _listener.IsOfSameUser(socket)));
    }
}
