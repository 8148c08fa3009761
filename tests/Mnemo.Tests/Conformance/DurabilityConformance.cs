using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;
using static Mnemo.Tests.Harness.StoreFixture;

namespace Mnemo.Tests.Conformance;

public static class DurabilityConformance
{
    [Theory, EveryBackend(Capabilities.Durable)]
    public static async Task A_durable_store_remembers_after_reopening(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var memory = Sample.Full(77);
        await fixture.Store.UpsertAsync([memory, .. Sample.Many(20)], Token);
        var again = await fixture.ReopenAsync();
        Assert.Equal([.. Sample.Many(20), memory], await fixture.AllAsync());
        Assert.Equal(memory, Assert.Single(await again.SearchAsync(memory.Scope, StrongQuery(memory.Vector, 5, MemoryFilter.Everything), Token)).Memory);
        Assert.Equal(21, await again.CountAsync(MemoryFilter.Everything, Token));
    }

    [Theory, EveryBackend(Capabilities.Durable)]
    public static async Task Writes_deletions_and_restarts_in_any_order_end_as_in_the_reference(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var world = new RandomWorld(51);
        SortedDictionary<MemoryId, Memory> expected = [];
        for (var round = 0; round < 12; round++)
        {
            List<Memory> batch = [.. Enumerable.Range(0, 15).Select(i => world.Memory(((round * 7) + i) % 60) with { Scope = Sample.General, Vector = world.Vector(4) })];
            await fixture.Store.UpsertAsync(batch, Token);
            foreach (var memory in batch) expected[memory.Id] = memory;
            List<MemoryId> gone = [.. expected.Keys.Where((_, i) => (i + round) % 5 == 0)];
            await fixture.Store.DeleteAsync(gone, Token);
            if (round % 4 == 3) await fixture.Store.PurgeAsync(Token);
            foreach (var id in gone) expected.Remove(id);
            if (round % 3 == 2) await fixture.ReopenAsync();
            Assert.Equal(expected.Values, await fixture.AllAsync());
            var found = await fixture.Store.SearchAsync(Sample.General, StrongQuery(Sample.East, 1000, MemoryFilter.Everything), Token);
            Assert.Equal(expected.Keys, found.Select(m => m.Memory.Id).Order());
        }
    }

    [Theory, EveryBackend(Capabilities.Durable | Capabilities.Embedded)]
    public static async Task A_plain_copy_of_the_closed_directory_is_a_backup(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync([Sample.Full(77), .. Sample.Many(20)], Token);
        await fixture.Store.DeleteAsync([Sample.Id(3)], Token);
        var expected = await fixture.AllAsync();
        await fixture.Store.DisposeAsync();
        using var copy = new ScratchDirectory();
        foreach (var file in Directory.EnumerateFiles(fixture.Directory, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy.Path, Path.GetRelativePath(fixture.Directory, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        await using var restored = fixture.Backend.Open(fixture.Settings with { DataDirectory = copy.Path });
        await restored.PrepareAsync(Token);
        Assert.Equal(expected, await restored.ScanAsync(null, MemoryFilter.Everything, Token).ToListAsync(Token));
        Assert.Equal(19, (await restored.SearchAsync(Sample.General, StrongQuery(Sample.East, 100, MemoryFilter.Everything), Token)).Count);
    }
}
