using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Plugin;
using Mnemo.Plugin.Chat;
using Mnemo.Plugin.Commands;
using Mnemo.Plugin.Hosting;
using Mnemo.Localization;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Commands;

/// <summary>A whole bot in this process, on the in-memory backend, with a clock that stands still.</summary>
internal sealed class TestBot : IAsyncDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly IHost _host;
    private int _messages;

    private TestBot(IEnumerable<(string Key, string Value)> settings)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Services.AddMnemo(options =>
        {
            options.DataDirectory = _scratch.Path;
            options.Settings["vector_database_type"] = "inmemory";
            options.Settings["language"] = "en";
            foreach (var (key, value) in settings) options.Settings[key] = value;
        });
        _host = builder.Build();
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));

    public string DataDirectory => _scratch.Path;

    public MnemoRuntime Runtime => _host.Services.GetRequiredService<MnemoRuntime>();

    public CommandRunner Commands => _host.Services.GetRequiredService<CommandRunner>();

    public ChatResponder ChatResponder => _host.Services.GetRequiredService<ChatResponder>();

    public IServiceProvider Services => _host.Services;

    public Task StopAsync() => _host.StopAsync(TestContext.Current.CancellationToken);

    public static async Task<TestBot> StartAsync(params IReadOnlyList<(string Key, string Value)> settings)
    {
        var bot = new TestBot(settings);
        await bot._host.StartAsync(TestContext.Current.CancellationToken);
        return bot;
    }

    public static CommandCaller Member(string name, string? channel = null, bool isAdmin = false) => new(
        channel is null ? new MemoryScope("console", MemoryScope.Direct, "@" + name, name) : new MemoryScope("console", "console", channel, name),
        new Speaker(name, name), isAdmin);

    public static CommandCaller Operator() => Member("root", isAdmin: true);

    public async Task<ChatTurn> SayAsync(CommandCaller who, string text, bool? isToBot = null)
    {
        Clock.Advance(TimeSpan.FromSeconds(1));
        var message = new ChatMessage($"m{++_messages}", who.Scope, who.Speaker, text, Clock.GetUtcNow()) { IsToBot = isToBot ?? who.Scope.IsDirect };
        return await ChatResponder.HandleAsync(message, TestContext.Current.CancellationToken);
    }

    public Task<CommandReply> RunAsync(CommandCaller who, string line) =>
        Commands.RunTextAsync(line, who, $"m{++_messages}", Strings.For(Strings.English), TestContext.Current.CancellationToken);

    public async Task<string> TextOfAsync(CommandCaller who, string line) => string.Join('\n', PlainReplies.Render(await RunAsync(who, line)));

    public async Task<long> RecordsAsync()
    {
        using var lease = await Runtime.Stores.LeaseAsync(TestContext.Current.CancellationToken);
        return await lease.Store.CountAsync(MemoryFilter.Everything, TestContext.Current.CancellationToken);
    }

    public async Task<List<Memory>> MemoriesAsync()
    {
        await Runtime.Worker.DrainAsync(TestContext.Current.CancellationToken);
        using var lease = await Runtime.Stores.LeaseAsync(TestContext.Current.CancellationToken);
        return await lease.Store.ScanAsync(null, MemoryFilter.Everything, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(TestContext.Current.CancellationToken);
        await ((IAsyncDisposable)_host).DisposeAsync();
        _scratch.Dispose();
    }
}
