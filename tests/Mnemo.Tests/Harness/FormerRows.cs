using Mnemo.Backends;
using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.Tests.Harness;

/// <summary>The rows of a store as they were at a moment, to be asked like a store.</summary>
internal sealed class FormerRows : IAsyncDisposable
{
    private static readonly Backend Reference = KnownBackends.Find("inmemory");
    private static int _made;
    private readonly StoreSettings _settings;

    private FormerRows(StoreSettings settings) => (_settings, Store) = (settings, Reference.Open(settings));

    public IMemoryStore Store { get; }

    public static async Task<FormerRows> OfAsync(IMemoryStore store, CancellationToken cancellation)
    {
        var former = new FormerRows(new StoreSettings($"former-{Interlocked.Increment(ref _made)}", "rows", Sample.Embedding));
        await former.Store.PrepareAsync(cancellation);
        List<Memory> rows = await store.WholeAsync(ScanQuery.Everything, cancellation).ToListAsync(cancellation);
        await former.Store.UpsertAsync(rows, WriteDurability.Durable, cancellation);
        return former;
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await Reference.DropCollection(_settings, CancellationToken.None);
    }
}
