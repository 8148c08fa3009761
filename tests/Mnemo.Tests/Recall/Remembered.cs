using Mnemo.Backends.InMemory;
using Mnemo.Embedding;
using Mnemo.Indexing;
using Mnemo.Memories;
using Mnemo.Recall;
using Mnemo.State;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Mnemo.Writing;

namespace Mnemo.Tests.Recall;

/// <summary>An in-memory store with its text index and short ways to say things into it.</summary>
internal sealed class Remembered : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = new(2024, 3, 1, 9, 0, 0, TimeSpan.Zero);

    private readonly LocalEmbedder _embedder = new();
    private int _said;

    private Remembered(ActiveStore active, TextIndex textIndex, ControlStore control)
    {
        Store = active.Store;
        Control = control;
        Privacy = new PrivacySettings(control);
        Stores = new MemoryManager(active);
        TextIndex = textIndex;
        Writer = new MemoryWriter(Stores, new WriteLog(control), new StoreRouter(control), textIndex, new GuardOptions(), TimeProvider.System);
    }

    /// <summary>The set that the store holds.</summary>
    public const string SetId = "test";

    public MemoryManager Stores { get; }

    public TextIndex TextIndex { get; }

    public MemoryWriter Writer { get; }

    public ControlStore Control { get; }

    public PrivacySettings Privacy { get; }

    public LocalEmbedder Embedder => _embedder;

    public IMemoryStore Store { get; }

    public static async Task<Remembered> OpenAsync(string directory, CancellationToken cancellation)
    {
        var settings = new StoreSettings(directory, StoreSettings.DefaultCollection, new LocalEmbedder().Fingerprint);
        var store = InMemoryBackend.Description.Open(settings);
        await store.PrepareAsync(cancellation);
        var textIndex = await TextIndex.OpenAsync(Path.Combine(directory, "words.db"), cancellation);
        var control = await ControlStore.OpenAsync(Path.Combine(directory, "control.db"), TimeProvider.System, cancellation);
        await textIndex.EnsureCurrentAsync(store, SetId, control, cancellation);
        var embedder = new LocalEmbedder();
        var active = new ActiveStore(InMemoryBackend.Description, settings, store) { Stamp = new StoreStamp(SetId, 0), Embedder = new SetEmbedder(embedder, embedder.Fingerprint) };
        return new Remembered(active, textIndex, control);
    }

    public Recaller Recaller(RecallOptions options, MemoryManager? stores = null) => new(stores ?? Stores, TextIndex, Privacy, options, TimeProvider.System);

    public static MemoryScope In(string channel, string who) => new("console", "console", channel, who);

    /// <summary>A memory said a minute after the one before.</summary>
    public Memory Make(string channel, string who, string text, string session = "s1")
    {
        var at = Start.AddMinutes(_said);
        var source = $"m{_said++}";
        return new Memory
        {
            Id = MemoryId.From(at, source, 0),
            Scope = In(channel, who),
            Speaker = new Speaker(who, who),
            Text = text,
            Session = session,
            Sources = [new SourceMessage(source)],
            SpokenAt = at,
            RecordedAt = at,
            Vector = _embedder.Embed(text),
            Embedding = _embedder.Fingerprint,
        };
    }

    public async Task<Memory> SayAsync(string channel, string who, string text, CancellationToken cancellation)
    {
        var memory = Make(channel, who, text);
        await Writer.UpsertAsync([memory], cancellation);
        return memory;
    }

    public IReadOnlyList<TextHit> Find(string channel, string who, string question) =>
        TextIndex.Search(new TextQuery(In(channel, who), new Speaker(who, who), question), new TextSearchOptions()).Hits;

    public async ValueTask DisposeAsync()
    {
        await TextIndex.DisposeAsync();
        await Control.DisposeAsync();
        await Stores.DisposeAsync();
    }
}
