using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Mnemo.Backends.InMemory;
using Mnemo.Capture;
using Mnemo.Embedding;
using Mnemo.Indexing;
using Mnemo.Memories;
using Mnemo.State;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Mnemo.Writing;

namespace Mnemo.Tests.Capture;

/// <summary>The whole way of a message, from the door to the store, with a store that fails on demand.</summary>
internal sealed class CaptureFixture : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly ScratchDirectory _directory = new();
    private readonly LocalEmbedder _embedder = new(64);
    private readonly CaptureOptions _options;
    private readonly GuardOptions _limits;

    private CaptureFixture(CaptureOptions options, GuardOptions limits)
    {
        (_options, _limits) = (options, limits);
        Settings = new StoreSettings(_directory.Path, StoreSettings.DefaultCollection, _embedder.Fingerprint);
    }

    public FakeTimeProvider Clock { get; } = new(Start);

    public string Directory => _directory.Path;

    public StoreSettings Settings { get; }

    public LocalEmbedder Embedder => _embedder;

    public FaultyStore Store { get; private set; } = null!;

    /// <summary>The set that the fixture's store holds.</summary>
    public const string SetId = "test";

    public WriteLog Log { get; private set; } = null!;

    public MemoryManager Stores { get; private set; } = null!;

    public TextIndex TextIndex { get; private set; } = null!;

    public MemoryWriter Writer { get; private set; } = null!;

    public ControlStore Control { get; private set; } = null!;

    public Outbox Outbox { get; private set; } = null!;

    public PrivacySettings Privacy { get; private set; } = null!;

    public ChannelSettings Channels { get; private set; } = null!;

    public Intake Intake { get; private set; } = null!;

    public CaptureWorker Worker { get; private set; } = null!;

    public MemoryRemover Remover { get; private set; } = null!;

    public SessionDirectory Sessions { get; private set; } = null!;

    public static async Task<CaptureFixture> OpenAsync(CancellationToken cancellation, CaptureOptions? options = null, GuardOptions? limits = null)
    {
        var fixture = new CaptureFixture(options ?? new CaptureOptions(), limits ?? new GuardOptions());
        fixture.Store = new FaultyStore(InMemoryBackend.Description.Open(fixture.Settings));
        await fixture.Store.PrepareAsync(cancellation);
        await fixture.StartAsync(cancellation);
        return fixture;
    }

    /// <summary>Everything but the store is closed and opened again, as after a crash.</summary>
    public async Task RestartAsync(CancellationToken cancellation)
    {
        await StopAsync();
        await StartAsync(cancellation);
    }

    public static ChatMessage Message(string id, string text, string speaker = "ana", string channel = "general", int atSeconds = 0)
        => new(id, new MemoryScope("test", "guild", channel, speaker), new Speaker(speaker, speaker), text, Start.AddSeconds(atSeconds));

    public static ChatMessage Private(string id, string text, string speaker = "ana")
        => new(id, new MemoryScope("test", MemoryScope.Direct, "@" + speaker, speaker), new Speaker(speaker, speaker), text, Start) { IsToBot = true };

    public async Task SayAsync(CancellationToken cancellation, params ChatMessage[] messages)
    {
        foreach (var message in messages) await Intake.AcceptAsync(message, cancellation);
    }

    /// <summary>A worker whose text index is current when the task says so.</summary>
    public CaptureWorker MakeWorker(Task textIndexReady)
        => new(Outbox, Writer, TextIndex, textIndexReady, _options, Clock, NullLogger<CaptureWorker>.Instance);

    /// <summary>Every memory in the store.</summary>
    public async Task<List<Memory>> MemoriesAsync(CancellationToken cancellation)
        => await Store.ScanAsync(null, MemoryFilter.Everything, cancellation).ToListAsync(cancellation);

    /// <summary>A store as the manager lends it.</summary>
    public ActiveStore Active(IMemoryStore store) => new(InMemoryBackend.Description, Settings, store)
    {
        Stamp = new StoreStamp(SetId, 0), Embedder = new SetEmbedder(_embedder, _embedder.Fingerprint),
    };

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Store.DisposeAsync();
        _directory.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        Control = await ControlStore.OpenAsync(Path.Combine(Directory, "control.db"), Clock, cancellation);
        TextIndex = await TextIndex.OpenAsync(Path.Combine(Directory, "words.db"), cancellation);
        await TextIndex.EnsureCurrentAsync(Store, SetId, Control, cancellation);
        Log = new WriteLog(Control);
        Outbox = new Outbox(Control, _options.OutboxLimit);
        Privacy = new PrivacySettings(Control);
        Channels = new ChannelSettings(Control);
        Sessions = new SessionDirectory(Control);
        Intake = new Intake(Outbox, Privacy, Channels);
        Stores = new MemoryManager(Active(Store));
        Writer = new MemoryWriter(Stores, Log, new StoreRouter(Control), TextIndex, _limits, Clock);
        Worker = MakeWorker(Task.CompletedTask);
        Remover = new MemoryRemover(Stores, Writer);
    }

    private async Task StopAsync()
    {
        await TextIndex.DisposeAsync();
        await Control.DisposeAsync();
    }
}
