using Mnemo.Memories;
using Mnemo.Plugin.Commands;
using Mnemo.Plugin.Config;
using Mnemo.Localization;

namespace Mnemo.Host.Demo;

/// <summary>What the acts play with: the script, the screen, and a real bot on a scratch directory.</summary>
internal sealed class DemoStage(DemoScript script, DemoScreen screen, DemoPace pace, Strings strings, MnemoConfig config, TimeProvider clock) : IAsyncDisposable
{
    private DemoBot? _bot;

    public DemoScript Script => script;

    public DemoScreen Screen => screen;

    public DemoPace Pace => pace;

    /// <summary>The running bot.</summary>
    public DemoBot Bot => _bot ?? throw new InvalidOperationException("The bot of the demo is closed.");

    /// <summary>Whether this is drawn for a picture, where room is scarce.</summary>
    public bool IsPicture { get; init; }

    /// <summary>What the search of the files found before anybody was forgotten.</summary>
    public FileSearchResult FoundBefore { get; set; } = new(0, 0, 0);

    /// <summary>Whether every promise was kept so far.</summary>
    public bool IsGood { get; private set; } = true;

    /// <summary>A text in the language of the play.</summary>
    public string Say(string key, params object?[] arguments) => strings[key, arguments];

    /// <summary>Starts a bot on the files that are there, after closing the one that runs.</summary>
    public async Task RestartAsync(CancellationToken cancellation)
    {
        await CloseAsync();
        _bot = await DemoBot.OpenAsync(script, config, clock, cancellation);
    }

    /// <summary>Stops the bot; its files stay.</summary>
    public async Task CloseAsync()
    {
        if (_bot is { } bot) await bot.DisposeAsync();
        _bot = null;
    }

    /// <summary>Somebody asks in the channel of the guild; true when the bot knew.</summary>
    public Task<bool> AskAsync(Speaker speaker, string question, CancellationToken cancellation) =>
        AskAsync(Bot.InGuild(speaker), speaker, question, cancellation);

    /// <summary>Somebody asks somewhere; true when the bot knew.</summary>
    public async Task<bool> AskAsync(MemoryScope scope, Speaker speaker, string question, CancellationToken cancellation)
    {
        screen.Said(null, PlaceOf(scope), speaker, question);
        await pace.TypingAsync(cancellation);
        var turn = await Bot.HandleAsync(scope, speaker, question, clock.GetUtcNow(), isToBot: true, cancellation);
        screen.Answered(config.BotName, turn.Answer?.Text ?? "");
        return turn.Answer is { Sources.Count: > 0 };
    }

    /// <summary>Somebody types a command in the channel of the guild.</summary>
    public async Task<CommandReply> CommandAsync(Speaker speaker, string line, CancellationToken cancellation)
    {
        var scope = Bot.InGuild(speaker);
        screen.Said(null, PlaceOf(scope), speaker, line);
        await pace.TypingAsync(cancellation);
        return await Bot.CommandAsync(scope, speaker, line, strings, cancellation);
    }

    /// <summary>Searches the files of the bot for what only the forgotten member said.</summary>
    public FileSearchResult SearchFiles() => FileSearch.Run(config.DataDirectory, script.Canaries);

    /// <summary>Shows a promise and whether it was kept.</summary>
    public void Check(bool isKept, string key, params object?[] arguments)
    {
        IsGood &= isKept;
        screen.Verdict(isKept, strings[key, arguments]);
    }

    /// <summary>A promise that is shown only when it was not kept.</summary>
    public void Expect(bool isKept, string key)
    {
        if (!isKept) Check(isKept, key);
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private string PlaceOf(MemoryScope scope) => scope.IsDirect ? Say("demo.place.private") : scope.Guild == script.Guild ? $"#{scope.Channel}" : $"{scope.Guild} #{scope.Channel}";
}
