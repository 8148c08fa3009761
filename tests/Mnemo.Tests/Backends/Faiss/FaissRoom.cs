using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Mnemo.Backends.Faiss;
using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Mnemo.Vectors;
using Xunit;

namespace Mnemo.Tests.Backends.Faiss;

/// <summary>A place for a collection of files, with what it says in the log.</summary>
internal sealed class FaissRoom : IDisposable
{
    public const int Dimension = 8;
    public static readonly EmbeddingFingerprint Embedding = new("test", "random", Dimension, Normalised: false);
    private readonly ScratchDirectory _scratch = new();

    public FaissRoom(string? directory = null) =>
        Settings = new StoreSettings(directory ?? _scratch.Path, "people", Embedding) { Clock = Clock, Log = Log };

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public FakeTimeProvider Clock { get; } = new();

    public LogLines Log { get; } = new();

    public StoreSettings Settings { get; }

    public FaissPaths Paths => new(Settings);

    public string IndexPath => Paths.Index(FaissManifest.Load(Paths).SnapshotNumber);

    public string RowsPath => Paths.Rows(FaissManifest.Load(Paths).SnapshotNumber);

    public async Task<IMemoryStore> OpenAsync()
    {
        var store = new FaissStore(Settings);
        await store.PrepareAsync(Token);
        return store;
    }

    /// <summary>Writes people's memories and closes.</summary>
    public async Task<List<Memory>> FillAsync(int count, int seed = 1)
    {
        var memories = People(count, seed);
        await using var store = await OpenAsync();
        await store.UpsertAsync(memories, Token);
        return memories;
    }

    public static List<Memory> People(int count, int seed, long first = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => Person(first + i, random, $"memory {first + i} of {seed}"))];
    }

    public static Memory Person(long id, Random random, string text) => Sample.Memory(id, text) with
    {
        Scope = new MemoryScope("test", $"guild{random.Next(2)}", $"channel{random.Next(5)}", $"user{random.Next(7)}"),
        Speaker = new Speaker($"user{random.Next(7)}", "Somebody"),
        Session = $"session{random.Next(9)}",
        Vector = FaissVector(random),
        Embedding = Embedding,
    };

    public static float[] FaissVector(Random random) => [.. Enumerable.Range(0, Dimension).Select(_ => (float)random.NextDouble() - 0.5f)];

    /// <summary>Compares everything that can be asked with a plain loop over what should be there.</summary>
    public static async Task AssertHoldsAsync(IMemoryStore store, IEnumerable<Memory> memories)
    {
        var expected = memories.OrderBy(m => m.Id).ToList();
        Assert.Equal(expected.Count, await store.CountAsync(MemoryFilter.Everything, Token));
        Assert.Equal(expected, await store.ScanAsync(null, MemoryFilter.Everything, Token).ToListAsync(Token));
        var random = new Random(77);
        for (var round = 0; round < 12; round++)
        {
            var query = FaissVector(random);
            var scope = new MemoryScope("test", $"guild{round % 2}", $"channel{round % 5}", $"user{round % 7}");
            var found = await store.SearchAsync(scope, new VectorQuery(query, 10, MemoryFilter.Everything), Token);
            var nearest = expected.Where(scope.Sees)
                .Select(m => (m.Id, Similarity: ExactScan.Cosine(m.Vector.Span, query)))
                .OrderByDescending(m => m.Similarity).ThenBy(m => m.Id).Take(10);
            Assert.Equal(nearest, found.Select(m => (m.Memory.Id, m.Similarity)));
        }
    }

    public void Dispose() => _scratch.Dispose();
}

/// <summary>The lines of a log, and a way to wait for one.</summary>
internal sealed class LogLines : ILogger
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _awaited = new();

    public ConcurrentQueue<string> Warnings { get; } = new();

    /// <summary>Completes when a line holds the piece. Ask before it can come.</summary>
    public Task Line(string piece) => _awaited.GetOrAdd(piece, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(TimeSpan.FromSeconds(60), FaissRoom.Token);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = formatter(state, exception);
        if (logLevel >= LogLevel.Warning) Warnings.Enqueue(line);
        foreach (var (piece, source) in _awaited)
        {
            if (line.Contains(piece, StringComparison.Ordinal)) source.TrySetResult();
        }
    }
}
