using Mnemo.Capture;
using Mnemo.Indexing;
using Mnemo.Plugin.Config;
using Mnemo.Localization;
using Mnemo.Privacy;
using Mnemo.Recall;
using Mnemo.State;
using Mnemo.Storage;
using Mnemo.Writing;

namespace Mnemo.Plugin.Hosting;

/// <summary>The opened bot: every part that commands and chats work with. One for each data directory.</summary>
public sealed class MnemoRuntime : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _opened;
    private readonly TextIndexUpkeep _upkeep;
    private bool _isDisposed;

    internal MnemoRuntime(Stack<IAsyncDisposable> opened, TextIndexUpkeep upkeep) => (_opened, _upkeep) = (opened, upkeep);

    /// <summary>The checked configuration.</summary>
    public required MnemoConfig Config { get; init; }

    /// <summary>The texts of the configured language.</summary>
    public required Strings Strings { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>The file of the control state.</summary>
    public required ControlStore Control { get; init; }

    /// <summary>Says which store is active.</summary>
    public required StoreRouter Router { get; init; }

    /// <summary>Messages that wait to become memories.</summary>
    public required Outbox Outbox { get; init; }

    /// <summary>What each user allows.</summary>
    public required PrivacySettings Privacy { get; init; }

    /// <summary>Who was seen where.</summary>
    public required SessionDirectory Sessions { get; init; }

    /// <summary>What was chosen for each conversation.</summary>
    public required ChannelSettings Channels { get; init; }

    /// <summary>Lends the active store.</summary>
    public required MemoryManager Stores { get; init; }

    /// <summary>The text index.</summary>
    public required TextIndex TextIndex { get; init; }

    /// <summary>The only path that writes memories.</summary>
    public required MemoryWriter Writer { get; init; }

    /// <summary>The only path that deletes memories.</summary>
    public required MemoryRemover Remover { get; init; }

    /// <summary>What was written, in order.</summary>
    public required WriteLog Log { get; init; }

    /// <summary>The door for messages.</summary>
    public required Intake Intake { get; init; }

    /// <summary>Makes memories of what waits.</summary>
    public required CaptureWorker Worker { get; init; }

    /// <summary>How recall weighs what it finds.</summary>
    public required RecallOptions RecallOptions { get; init; }

    /// <summary>Finds memories.</summary>
    public required Recaller Recaller { get; init; }

    /// <summary>Forgets a person.</summary>
    public required Eraser Eraser { get; init; }

    /// <summary>What the operator should know since the start; empty when all is as configured.</summary>
    public required StartNotices Notices { get; init; }

    /// <summary>Done when the text index says what the store says. Fails when it could not be made to.</summary>
    public Task TextIndexReady => _upkeep.Done;

    /// <summary>The same of the last time that the text index was filled: at the start, or after its file was found damaged.</summary>
    public Task TextIndexLatest => _upkeep.Latest;

    /// <summary>Memories read while the text index is rebuilt.</summary>
    public long TextIndexRead => _upkeep.Read;

    /// <summary>Closes everything, the last opened first. The container and the one who opened it may both call it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true)) return;
        while (_opened.TryPop(out var part)) await part.DisposeAsync();
    }
}
