using System.Runtime.InteropServices;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;
using static Mnemo.Tests.Harness.StoreFixture;

namespace Mnemo.Tests.Conformance;

/// <summary>What is told of a store without opening it, and of a row that cannot be read.</summary>
public static class InspectionConformance
{
    private static readonly StoreStamp Stamp = new("0123456789abcdef0123456789abcdef", 7);

    [Theory, EveryBackend]
    public static async Task An_inspection_tells_the_fingerprint_and_the_set_of_a_store_that_is_open(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        Assert.Null((await fixture.Backend.Inspect(fixture.Settings, Token))!.SetId);
        await fixture.Store.UpsertAsync(Sample.Many(30), Token);
        await fixture.Store.CheckpointAsync(Stamp, Token);
        await AssertToldAsync(fixture, fixture.Settings);
    }

    [Theory, EveryBackend(Capabilities.Durable)]
    public static async Task An_inspection_tells_the_same_of_a_store_that_is_closed_and_opens_nothing(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(30), Token);
        await fixture.Store.CheckpointAsync(Stamp, Token);
        await fixture.Store.DisposeAsync();
        var told = await AssertToldAsync(fixture, fixture.Settings with { Embedding = Sample.Embedding with { Dimension = 9 } });
        Assert.Null(told.Owner);
        await fixture.ReopenAsync();
        Assert.Equal(Stamp, fixture.Stamp);
    }

    [Theory, EveryBackend]
    public static async Task Nothing_is_told_of_a_collection_that_is_not_there(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var absent = fixture.Settings with { Collection = $"{fixture.Settings.Collection}_absent" };
        Assert.Null(await fixture.Backend.Inspect(absent, Token));
        Assert.DoesNotContain(absent.Collection, await fixture.Backend.ListCollections(fixture.Settings, Token));
    }

    [Theory, EveryBackend(Capabilities.Durable | Capabilities.Embedded)]
    public static async Task A_row_that_cannot_be_read_is_handed_out_as_such_by_a_scan_that_goes_on(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var memories = Sample.Many(10).Select((m, i) => m with { Vector = new float[] { 0.123456f, 7.654321f, -0.777123f, i } }).ToList();
        await fixture.Store.UpsertAsync(memories, Token);
        await fixture.Store.DisposeAsync();
        FlipAll(fixture.Directory, MemoryMarshal.AsBytes(memories[4].Vector.Span).ToArray());
        await fixture.ReopenAsync();
        foreach (var isDescending in new[] { false, true })
        {
            var rows = await fixture.ScanAsync(ScanQuery.Everything with { IsDescending = isDescending });
            Assert.Equal(isDescending ? memories.Select(m => m.Id).Reverse() : memories.Select(m => m.Id), rows.Select(r => r.Id));
            var damaged = Assert.Single(rows, r => !r.IsWhole);
            Assert.Equal(memories[4].Id, damaged.Id);
            if (damaged.Memory is { } readable) Assert.Equal(memories[4] with { Vector = default }, readable with { Vector = default });
        }

        Assert.Empty(await fixture.Store.GetAsync(Sample.General, [memories[4].Id], ReadConsistency.Strong, Token));
        Assert.Equal(memories[5], Assert.Single(await fixture.Store.GetAsync(Sample.General, [memories[5].Id], ReadConsistency.Strong, Token)));
    }

    private static async Task<StoreInspection> AssertToldAsync(StoreFixture fixture, StoreSettings settings)
    {
        var told = await fixture.Backend.Inspect(settings, Token);
        Assert.NotNull(told);
        Assert.Equal((Sample.Embedding, Stamp.SetId), (told.Embedding, told.SetId));
        if (told.Rows is { } rows) Assert.Equal(30, rows);
        if (fixture.Backend.Capabilities.HasFlag(Capabilities.Durable | Capabilities.Embedded))
        {
            var bytes = Directory.EnumerateFiles(fixture.Directory, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
            Assert.InRange(told.Bytes ?? 0, 1, bytes);
        }

        return told;
    }

    /// <summary>Turns a bit of every copy of the bytes, wherever the store keeps them.</summary>
    private static void FlipAll(string directory, byte[] needle)
    {
        var flipped = 0;
        foreach (var file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            var bytes = File.ReadAllBytes(file);
            var before = flipped;
            for (var at = bytes.AsSpan().IndexOf(needle); at >= 0; at = bytes.AsSpan().IndexOf(needle))
            {
                bytes[at + 1] ^= 4;
                flipped++;
            }

            if (flipped > before) File.WriteAllBytes(file, bytes);
        }

        Assert.True(flipped > 0, "No file holds the vector as it is; damage the store in another way.");
    }
}
