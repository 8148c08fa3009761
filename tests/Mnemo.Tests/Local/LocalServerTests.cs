using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Mnemo.Localization;
using Mnemo.Plugin.Commands;
using Mnemo.Plugin.Local;
using Mnemo.Storage;
using Mnemo.Tests.Commands;
using Mnemo.Tests.Harness;
using Mnemo.Transfer;
using Xunit;

namespace Mnemo.Tests.Local;

public sealed class LocalServerTests
{
    private static readonly ShellCaller Operator = new("root", "en");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_shell_runs_commands_in_the_bot_as_the_person_that_it_names()
    {
        await using var bot = await TestBot.StartAsync();
        Assert.True((await CommandAsync(bot, "remember", new ShellCaller("root", "en", "ana"), ("text", "My dog is called Biscuit."))).IsSuccess);
        Assert.Equal("ana", Assert.Single(await bot.MemoriesAsync()).Speaker.Id);
        var denied = await CommandAsync(bot, "drop_collection", new ShellCaller("root", "en", "ana"), ("name", "mnemosyne_default"));
        var allowed = await CommandAsync(bot, "drop_collection", Operator, ("name", "mnemosyne_default"));
        Assert.False(denied.IsSuccess);
        Assert.True(allowed.IsPreview);
        Assert.Contains("删除", string.Join('\n', PlainReplies.Render(await CommandAsync(bot, "drop_collection", new ShellCaller("root", "zh-CN"), ("name", "mnemosyne_default")))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_preview_in_a_shell_waits_for_no_yes_in_the_chat_beside_it()
    {
        await using var bot = await TestBot.StartAsync();
        await CommandAsync(bot, "remember", new ShellCaller("root", "en", "ana"), ("text", "My dog is called Biscuit."));
        Assert.True((await CommandAsync(bot, "reset", new ShellCaller("root", "en", "ana"))).IsPreview);
        Assert.Null(await bot.Commands.ConfirmAsync(TestBot.Member("ana"), null, Token));
        Assert.True((await CommandAsync(bot, "reset", new ShellCaller("root", "en", "ana"), ("confirm", "true"))).IsSuccess);
        Assert.Equal(0, await bot.RecordsAsync());
    }

    [Theory]
    [InlineData("nonsense\n", RefusalReason.Malformed)]
    [InlineData("{\"type\":\"cancel\"}\n", RefusalReason.Malformed)]
    [InlineData("{\"type\":\"request\",\"version\":1,\"kind\":\"command\",\"command\":\"status\",\"arguments\":{\"n\":null}}\n", RefusalReason.Malformed)]
    [InlineData("{\"type\":\"request\",\"version\":2,\"kind\":\"command\",\"command\":\"status\"}\n", RefusalReason.Version)]
    [InlineData("{\"type\":\"request\",\"version\":1,\"kind\":\"command\",\"command\":\"nowhere\"}\n", RefusalReason.Unknown)]
    [InlineData("{\"type\":\"request\",\"version\":1,\"kind\":\"dance\"}\n", RefusalReason.Unknown)]
    public async Task What_is_not_a_request_is_refused_and_the_bot_goes_on(string text, string reason)
    {
        await using var bot = await TestBot.StartAsync();
        using (var socket = await ConnectAsync(bot))
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), Token);
            await using var channel = new MessageChannel(new NetworkStream(socket), TimeProvider.System);
            Assert.Equal(new LocalMessage.Refused(reason), await channel.ReadAsync(Token));
            Assert.Null(await channel.ReadAsync(Token));
        }

        Assert.True((await CommandAsync(bot, "status", Operator)).IsSuccess);
    }

    [Fact]
    public async Task Whoever_connects_and_says_nothing_is_let_go()
    {
        await using var bot = await TestBot.StartAsync();
        using var socket = await ConnectAsync(bot);
        await socket.SendAsync("{\"type\":\"requ"u8.ToArray(), Token);
        await Eventually.HoldsAsync(() => bot.Services.GetRequiredService<LocalServer>().Requests == 1);
        await Eventually.HoldsAsync(() =>
        {
            bot.Clock.Advance(LocalConnection.RequestLimit);
            return bot.Services.GetRequiredService<LocalServer>().Requests == 0;
        });
    }

    [Fact]
    public async Task One_request_too_many_is_refused_until_another_one_is_done()
    {
        await using var bot = await TestBot.StartAsync();
        var others = new List<Socket>();
        for (var i = 0; i < LocalServer.MaxRequests; i++) others.Add(await ConnectAsync(bot));
        await Eventually.HoldsAsync(() => bot.Services.GetRequiredService<LocalServer>().Requests == LocalServer.MaxRequests);
        Assert.Equal(RefusalReason.Busy, (await Assert.ThrowsAsync<BotRefusedException>(() => CommandAsync(bot, "status", Operator))).Reason);
        others.ForEach(o => o.Dispose());
        await Eventually.HoldsAsync(() => bot.Services.GetRequiredService<LocalServer>().Requests == 0);
        Assert.True((await CommandAsync(bot, "status", Operator)).IsSuccess);
    }

    [Fact]
    public async Task A_command_goes_on_without_its_shell()
    {
        await using var bot = await TestBot.StartAsync();
        using (var socket = await ConnectAsync(bot))
        {
            await using var channel = new MessageChannel(new NetworkStream(socket), TimeProvider.System);
            await channel.WriteAsync(new LocalMessage.Request
            {
                Version = LocalMessage.CurrentVersion, Kind = RequestKind.Command, Command = "remember", Arguments = new() { ["text"] = "My dog is called Biscuit." }, Caller = Operator,
            });
            Assert.IsType<LocalMessage.Accepted>(await channel.ReadAsync(Token));
        }

        await Eventually.HoldsAsync(async () => await bot.RecordsAsync() == 1);
        await Eventually.HoldsAsync(() => bot.Services.GetRequiredService<LocalServer>().Requests == 0);
    }

    [Fact]
    public async Task An_import_tells_how_far_it_is_while_the_bot_answers_others()
    {
        await using var bot = await TestBot.StartAsync();
        var file = new Pipe();
        var progress = new Reports();
        var import = ImportAsync(bot, file.Reader.AsStream(), progress, Token);
        await file.Writer.WriteAsync(Lines("first", 1000), Token);
        await Eventually.HoldsAsync(() => progress.Latest?.Stored == 1000);

        Assert.True((await CommandAsync(bot, "status", Operator)).IsSuccess);
        var second = await ImportAsync(bot, new MemoryStream(Lines("second", 500)), new Reports(), Token);
        await file.Writer.WriteAsync("secret nonsense\n"u8.ToArray(), Token);
        await file.Writer.CompleteAsync();
        var first = await import;

        Assert.Equal((500, 0), (second.Stored, second.Bad));
        Assert.Equal((1001, 1000, 1), (first.Lines, first.Stored, first.Bad));
        Assert.Equal(1001, Assert.Single(first.BadLines).Number);
        Assert.Equal(1500, await bot.RecordsAsync());
    }

    [Fact]
    public async Task An_import_ends_when_its_shell_wishes_and_when_it_goes()
    {
        await using var bot = await TestBot.StartAsync();
        using var wish = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var waiting = ImportAsync(bot, new Pipe().Reader.AsStream(), new Reports(), wish.Token);
        await Eventually.HoldsAsync(() => bot.Services.GetRequiredService<LocalServer>().Requests == 1);
        await wish.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        using (var socket = await ConnectAsync(bot))
        {
            await using var channel = new MessageChannel(new NetworkStream(socket), TimeProvider.System);
            await channel.WriteAsync(new LocalMessage.Request { Version = LocalMessage.CurrentVersion, Kind = RequestKind.Import, Caller = Operator });
            await channel.WriteDataAsync("{"u8.ToArray());
            Assert.IsType<LocalMessage.Accepted>(await channel.ReadAsync(Token));
        }

        await Eventually.HoldsAsync(() => bot.Services.GetRequiredService<LocalServer>().Requests == 0);
        Assert.True((await CommandAsync(bot, "status", Operator)).IsSuccess);
    }

    [Fact]
    public async Task An_input_that_fails_is_the_shells_own_failure()
    {
        await using var bot = await TestBot.StartAsync();
        var file = new Pipe();
        await file.Writer.CompleteAsync(new IOException("the tape is torn"));
        var failure = await Assert.ThrowsAsync<IOException>(() => ImportAsync(bot, file.Reader.AsStream(), new Reports(), Token));
        Assert.Contains("torn", failure.Message, StringComparison.Ordinal);
        await Eventually.HoldsAsync(() => bot.Services.GetRequiredService<LocalServer>().Requests == 0);
    }

    [Fact]
    public async Task An_import_that_cannot_go_on_says_what_it_stored_before()
    {
        await using var bot = await TestBot.StartAsync();
        var other = Encoding.UTF8.GetString(Lines("other", 1)).Replace("\"text\"", "\"embedding\":{\"provider\":\"x\",\"model\":\"y\",\"dimension\":3,\"normalised\":true},\"vector\":[1,0,0],\"text\"", StringComparison.Ordinal);
        var failure = await Assert.ThrowsAsync<ImportException>(() => ImportAsync(bot, new MemoryStream([.. Lines("first", 1000), .. Encoding.UTF8.GetBytes(other)]), new Reports(), Token));
        Assert.Contains("--re-embed", failure.Message, StringComparison.Ordinal);
        Assert.Equal((1000, 1000), (failure.Report.Stored, await bot.RecordsAsync()));
    }

    [Fact]
    public async Task Data_that_nobody_asked_for_ends_the_connection_only()
    {
        await using var bot = await TestBot.StartAsync();
        using (var socket = await ConnectAsync(bot))
        {
            await using var channel = new MessageChannel(new NetworkStream(socket), TimeProvider.System);
            await channel.WriteAsync(new LocalMessage.Request { Version = LocalMessage.CurrentVersion, Kind = RequestKind.Import, Caller = Operator });
            await Assert.ThrowsAnyAsync<IOException>(async () =>
            {
                while (true) await channel.WriteDataAsync(new byte[MessageChannel.MaxDataBytes]);
            });
        }

        Assert.True((await CommandAsync(bot, "status", Operator)).IsSuccess);
    }

    [Fact]
    public async Task An_export_is_the_same_as_the_bots_own()
    {
        await using var bot = await TestBot.StartAsync();
        await ImportAsync(bot, new MemoryStream(Lines("some", 1200)), new Reports(), Token);
        var (own, asked) = (new MemoryStream(), new MemoryStream());
        await bot.Services.OperationsFor(_ => Task.CompletedTask).ExportAsync(own, Operator, null, Token);
        var progress = new Reports();
        await using (var client = await ClientAsync(bot)) Assert.Equal(1200, (await client.ExportAsync(asked, Operator, progress, Token)).Memories);
        Assert.Equal(own.ToArray(), asked.ToArray());
        Assert.Equal(1200, progress.Latest?.Stored);
    }

    [Fact]
    public async Task What_fails_in_the_bot_is_said_in_the_language_of_the_shell()
    {
        await using var bot = await TestBot.StartAsync();
        var active = await bot.Runtime.Stores.ActiveAsync(Token);
        await bot.Runtime.Stores.SwapAsync(active with { Store = new FaultyStore(active.Store).Fail("scan", 1, StoreErrorKind.Damaged) }, Token);
        await using var client = await ClientAsync(bot);
        var failure = await Assert.ThrowsAsync<BotFailedException>(() => client.ExportAsync(Stream.Null, new ShellCaller("root", "zh-CN"), null, Token));
        Assert.Equal(Strings.For("zh-CN")["store.failed", "faulty", "scan", StoreErrorKind.Damaged], failure.Message);
    }

    [Fact]
    public async Task A_command_under_way_is_finished_when_the_bot_stops_and_no_other_one_begins()
    {
        await using var bot = await TestBot.StartAsync();
        var active = await bot.Runtime.Stores.ActiveAsync(Token);
        var store = new FaultyStore(active.Store);
        await bot.Runtime.Stores.SwapAsync(active with { Store = store }, Token);
        var held = store.Hold("count");
        var status = CommandAsync(bot, "status", Operator);
        await store.Hanging;
        var late = await ClientAsync(bot);
        var stopping = bot.StopAsync();
        await Eventually.HoldsAsync(() => SocketPath.Find(bot.DataDirectory) is null);
        await Assert.ThrowsAsync<NothingBegunException>(() => late.ExportAsync(Stream.Null, Operator, null, Token));
        held.SetResult();
        Assert.True((await status).IsSuccess);
        await stopping;
    }

    [Fact]
    public async Task A_bot_that_stops_ends_the_imports_and_takes_its_socket_away()
    {
        var bot = await TestBot.StartAsync();
        await using (bot)
        {
            var file = new Pipe();
            var progress = new Reports();
            var import = ImportAsync(bot, file.Reader.AsStream(), progress, Token);
            await file.Writer.WriteAsync(Lines("thing", 1000), Token);
            await Eventually.HoldsAsync(() => progress.Latest is not null);
            await bot.StopAsync();
            await Assert.ThrowsAsync<PeerGoneException>(() => import);
            Assert.False(File.Exists(Path.Combine(bot.DataDirectory, "mnemo.sock")));
        }
    }

    private static async Task<CommandReply> CommandAsync(TestBot bot, string path, ShellCaller caller, params (string Name, string Value)[] arguments)
    {
        await using var client = await ClientAsync(bot);
        var command = CommandModel.All.Single(c => c.Path == path);
        return await client.RunAsync(command, new CommandArguments(arguments.ToDictionary(a => a.Name, a => a.Value)), caller, Token);
    }

    private static async Task<ImportReport> ImportAsync(TestBot bot, Stream input, Reports progress, CancellationToken cancellation)
    {
        await using var client = await ClientAsync(bot);
        return await client.ImportAsync(input, new ImportOptions(), Operator, progress, cancellation);
    }

    private static async Task<BotClient> ClientAsync(TestBot bot)
    {
        BotClient? client = null;
        await Eventually.HoldsAsync(async () => (client = await BotClient.TryConnectAsync(bot.DataDirectory, _ => Task.CompletedTask, TimeProvider.System, Token)) is not null);
        return client!;
    }

    private static async Task<Socket> ConnectAsync(TestBot bot)
    {
        await Eventually.HoldsAsync(() => SocketPath.Find(bot.DataDirectory) is not null);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath.Find(bot.DataDirectory)!), Token);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        });
        return socket;
    }

    private static byte[] Lines(string word, int count) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, count).Select(i =>
        $$$"""{"id":"{{{(word.Length * 1_000_000L) + i}}}","text":"{{{word}}} thing number {{{i}}}","speaker":{"id":"ana","name":"Ana"},"scope":{"platform":"console","guild":"console","channel":"general","subject":"ana"}}""" + "\n")));

    private sealed class Reports : IProgress<TransferProgress>
    {
        public TransferProgress? Latest { get; private set; }

        public void Report(TransferProgress value) => Latest = value;
    }
}
