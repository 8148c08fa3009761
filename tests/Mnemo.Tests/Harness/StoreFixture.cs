using Mnemo.Memories;
using Mnemo.Storage;
using Xunit;

namespace Mnemo.Tests.Harness;

/// <summary>A throw-away place for one backend: a directory, a collection, and the store in it, open.</summary>
public sealed class StoreFixture : IAsyncDisposable
{
    private static int _started;

    private readonly ScratchDirectory _scratch = new();
    private readonly Backend _backend;
    private readonly List<IMemoryStore> _opened = [];
    private readonly HashSet<StoreSettings> _used = [];

    private StoreFixture(Backend backend, IReadOnlyDictionary<string, string> options)
    {
        _backend = backend;
        var collection = $"suite_{Environment.ProcessId}_{Interlocked.Increment(ref _started)}";
        Settings = new StoreSettings(_scratch.Path, collection, Sample.Embedding) { Options = options };
    }

    public Backend Backend => _backend;

    public StoreSettings Settings { get; }

    /// <summary>The store itself, without the guard, so that the guard hides no fault of it.</summary>
    public IMemoryStore Store => _opened[0];

    /// <summary>Where the backend writes; only embedded ones do.</summary>
    public string Directory => _scratch.Path;

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A search that shows every write that had completed before it.</summary>
    public static VectorQuery StrongQuery(ReadOnlyMemory<float> vector, int top, MemoryFilter filter) => new(vector, top, filter) { Consistency = ReadConsistency.Strong };

    public static async Task<StoreFixture> StartAsync(Backend backend, IReadOnlyDictionary<string, string> options)
    {
        var fixture = new StoreFixture(backend, options);
        try
        {
            await fixture.OpenAsync(fixture.Settings);
            return fixture;
        }
        catch
        {
            await fixture.DisposeAsync();
            throw;
        }
    }

    /// <summary>Another store, without the guard.</summary>
    public async Task<IMemoryStore> OpenAsync(StoreSettings settings)
    {
        var store = _backend.Open(settings);
        _opened.Add(store);
        _used.Add(settings);
        await store.PrepareAsync(Token);
        return store;
    }

    /// <summary>The first store as the program uses it, guarded.</summary>
    public GuardedStore Guard(GuardOptions? options = null) => new(Store, _backend, Settings, options ?? new GuardOptions());

    /// <summary>Closes the first store and opens its collection again.</summary>
    public async Task<IMemoryStore> ReopenAsync()
    {
        await Store.DisposeAsync();
        var again = _backend.Open(Settings);
        _opened.Insert(0, again);
        Stamp = await again.PrepareAsync(Token);
        return again;
    }

    /// <summary>What the first store answered when it was opened last.</summary>
    public StoreStamp? Stamp { get; private set; }

    /// <summary>
    /// Opens what the end of the process would leave of an embedded store at this moment: a copy of its files, the store itself
    /// still open.
    /// </summary>
    public async Task<StoreCopy> CopyAsACrashLeavesItAsync()
    {
        var copy = new ScratchDirectory();
        foreach (var file in System.IO.Directory.EnumerateFiles(Directory, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy.Path, Path.GetRelativePath(Directory, file));
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(target)!);

            // A file by which the store is held is empty and cannot be opened.
            if (new FileInfo(file).Length == 0)
            {
                await File.WriteAllBytesAsync(target, [], Token);
                continue;
            }

            await using var from = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            await using var to = File.Create(target);
            await from.CopyToAsync(to, Token);
        }

        var store = _backend.Open(Settings with { DataDirectory = copy.Path });
        return new StoreCopy(copy, store, await store.PrepareAsync(Token));
    }

    /// <summary>Every row that a scan hands out, whole or not.</summary>
    public async Task<List<ScannedRow>> ScanAsync(ScanQuery query) => await Store.ScanAsync(query, Token).ToListAsync(Token);

    /// <summary>Every memory there is, in the order of the scan.</summary>
    public async Task<List<Memory>> AllAsync(MemoryFilter? filter = null, MemoryId? after = null)
        => await Store.ScanAsync(after, filter ?? MemoryFilter.Everything, Token).ToListAsync(Token);

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _opened) await store.DisposeAsync();
        foreach (var settings in _used) await _backend.DropCollection(settings, CancellationToken.None);
        _scratch.Dispose();
    }
}

/// <summary>A copy of a store's files, opened.</summary>
public sealed record StoreCopy(IDisposable Place, IMemoryStore Store, StoreStamp? Stamp) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Place.Dispose();
    }
}
