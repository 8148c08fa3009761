using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Plugin;
using Mnemo.Plugin.Chat;
using Mnemo.Plugin.Commands;
using Mnemo.Plugin.Config;
using Mnemo.Plugin.Hosting;
using Mnemo.Localization;

namespace Mnemo.Host.Demo;

/// <summary>One run of a bot between its start and its stop, composed as everywhere else, in a made-up guild.</summary>
internal sealed class DemoBot : IAsyncDisposable
{
    private const string Platform = "demo";
    private readonly DemoScript _script;
    private readonly IHost _host;
    private readonly MnemoRuntime _runtime;
    private readonly CommandRunner _commands;
    private readonly ChatResponder _talker;
    private int _messages;

    private DemoBot(DemoScript script, IHost host)
    {
        _script = script;
        _host = host;
        _runtime = host.Services.GetRequiredService<MnemoRuntime>();
        _commands = host.Services.GetRequiredService<CommandRunner>();
        _talker = host.Services.GetRequiredService<ChatResponder>();
    }

    public static async Task<DemoBot> OpenAsync(DemoScript script, MnemoConfig config, TimeProvider clock, CancellationToken cancellation)
    {
        var builder = MnemoServices.CreateHost(config);
        builder.Services.AddSingleton(clock);
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellation);
            return new DemoBot(script, host);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>A person in the channel of the sample chat.</summary>
    public MemoryScope InGuild(Speaker speaker) => In(_script.Guild, _script.Channel, speaker);

    /// <summary>A person in some channel.</summary>
    public static MemoryScope In(string guild, string channel, Speaker speaker) => new(Platform, guild, channel, speaker.Id);

    /// <summary>A person in a private chat with the bot.</summary>
    public static MemoryScope InPrivate(Speaker speaker) => new(Platform, MemoryScope.Direct, "@" + speaker.Id, speaker.Id);

    /// <summary>A message is heard, stored, and answered when it asks the bot.</summary>
    public async Task<ChatTurn> HandleAsync(MemoryScope scope, Speaker speaker, string text, DateTimeOffset at, bool isToBot, CancellationToken cancellation)
    {
        var turn = await _talker.HandleAsync(new ChatMessage(NextId(at), scope, speaker, text, at) { IsToBot = isToBot }, cancellation);
        await _runtime.Worker.DrainAsync(cancellation);
        return turn;
    }

    /// <summary>A command is run with a member's rights.</summary>
    public Task<CommandReply> CommandAsync(MemoryScope scope, Speaker speaker, string line, Strings strings, CancellationToken cancellation) =>
        _commands.RunTextAsync(line, new CommandCaller(scope, speaker, IsAdmin: false), NextId(_runtime.Clock.GetUtcNow()), strings, cancellation);

    /// <summary>How many memories the store holds.</summary>
    public async Task<long> CountAsync(CancellationToken cancellation)
    {
        using var lease = await _runtime.Stores.LeaseAsync(cancellation);
        return await lease.Store.CountAsync(MemoryFilter.Everything, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    private string NextId(DateTimeOffset at) => $"m{at.ToUnixTimeMilliseconds()}-{++_messages}";
}
