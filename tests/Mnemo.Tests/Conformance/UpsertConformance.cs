using Mnemo.Memories;
using Mnemo.Tests.Harness;
using Xunit;
using static Mnemo.Tests.Harness.StoreFixture;

namespace Mnemo.Tests.Conformance;

public static class UpsertConformance
{
    [Theory, EveryBackend]
    public static async Task Every_field_comes_back_as_it_went_in(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var memory = Sample.Full(77);
        await fixture.Store.UpsertAsync([memory], Token);
        Assert.Equal(memory, Assert.Single(await fixture.Store.GetAsync(memory.Scope, [memory.Id], Token)));
        Assert.Equal(memory, Assert.Single(await fixture.Store.SearchAsync(memory.Scope, StrongQuery(memory.Vector, 1, MemoryFilter.Everything), Token)).Memory);
        Assert.Equal(memory, Assert.Single(await fixture.AllAsync()));
    }

    [Theory, EveryBackend]
    public static async Task What_was_left_out_stays_out(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var memory = Sample.Memory(5);
        await fixture.Store.UpsertAsync([memory], Token);
        Assert.Equal(memory, Assert.Single(await fixture.AllAsync()));
    }

    [Theory, EveryBackend]
    public static async Task Every_kind_and_every_trust_comes_back(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        List<Memory> memories = [.. from kind in Enum.GetValues<MemoryKind>() from trust in Enum.GetValues<Trust>() select Sample.Memory(((int)kind * 10) + (int)trust) with { Kind = kind, Trust = trust }];
        await fixture.Store.UpsertAsync(memories, Token);
        Assert.Equal(memories, await fixture.AllAsync());
    }

    [Theory, EveryBackend]
    public static async Task An_upsert_is_idempotent_by_id(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var memories = Sample.Many(5);
        await fixture.Store.UpsertAsync(memories, Token);
        await fixture.Store.UpsertAsync(memories, Token);
        Assert.Equal(memories, await fixture.AllAsync());
        Assert.Equal(5, await fixture.Store.CountAsync(MemoryFilter.Everything, Token));
        Assert.Equal(5, (await fixture.Store.SearchAsync(Sample.General, StrongQuery(Sample.East, 10, MemoryFilter.Everything), Token)).Count);
    }

    [Theory, EveryBackend]
    public static async Task An_upsert_replaces_the_whole_record(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync([Sample.Full(9)], Token);
        var replacement = Sample.Memory(9, "plain", vector: Sample.North);
        await fixture.Store.UpsertAsync([replacement], Token);
        Assert.Equal(replacement, Assert.Single(await fixture.AllAsync()));
        Assert.Empty(await fixture.Store.GetAsync(Sample.Full(9).Scope, [replacement.Id], Token));
        Assert.Empty(await fixture.Store.SearchAsync(Sample.Full(9).Scope, StrongQuery(Sample.East, 5, MemoryFilter.Everything), Token));
        var match = Assert.Single(await fixture.Store.SearchAsync(Sample.General, StrongQuery(Sample.North, 5, MemoryFilter.Everything), Token));
        Assert.Equal(1, match.Similarity, 1e-5f);
    }

    [Theory, EveryBackend]
    public static async Task Of_equal_ids_in_one_batch_the_last_wins(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var last = Sample.Memory(1, "last", vector: Sample.North);
        await fixture.Store.UpsertAsync([Sample.Memory(1, "first"), Sample.Memory(2), Sample.Memory(1, "second"), last], Token);
        Assert.Equal([last, Sample.Memory(2)], await fixture.AllAsync());
        Assert.Equal(2, await fixture.Store.CountAsync(MemoryFilter.Everything, Token));
        Assert.Equal(2, (await fixture.Store.SearchAsync(Sample.General, StrongQuery(Sample.East, 10, MemoryFilter.Everything), Token)).Count);
    }

    [Theory, EveryBackend]
    public static async Task An_empty_batch_writes_nothing(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync([], Token);
        Assert.Empty(await fixture.AllAsync());
    }

    [Theory, EveryBackend]
    public static async Task Vectors_come_back_bit_for_bit(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        float[][] vectors =
        [
            [float.Epsilon, -float.Epsilon, 1, -0f],
            [0f, -0f, 1.1754942e-38f, 1],
            [0.1f, 1f / 3, MathF.PI, -MathF.E],
            [1e14f, -1e-14f, 1.0000001f, 0.99999994f],
            [1e-14f, 0, 0, 0],
        ];
        List<Memory> memories = [.. vectors.Select((v, i) => Sample.Memory(i, vector: v))];
        await fixture.Store.UpsertAsync(memories, Token);
        Assert.Equal(memories, await fixture.AllAsync());
        Assert.Equal(memories, await fixture.Store.GetAsync(Sample.General, [.. memories.Select(m => m.Id)], Token));
    }

    [Theory, EveryBackend]
    public static async Task The_caller_may_reuse_its_arrays_after_a_write(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var lent = Sample.East.ToArray();
        await fixture.Store.UpsertAsync([Sample.Memory(1, vector: lent)], Token);
        Array.Fill(lent, 9);
        Assert.Equal(Sample.East, Assert.Single(await fixture.AllAsync()).Vector.ToArray());
    }

    [Theory, EveryBackend]
    public static async Task Any_Unicode_text_comes_back(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        string[] texts =
        [
            "", " ", "\n", "  edges  ", "tab\tnew line\r\nend", "quote ' double \" back \\ slash", "'; DROP TABLE memories; --", "${jndi} {$ne: null} %s {0}",
            "我的猫叫团子。", "👩‍👩‍👧‍👦🏳️‍🌈🦊", "\u202Eright to left\u202C שלום مرحبا", "e\u0301 is not é", "ﬁ ﷺ ẞ ı İ", "\u0001\u001F\u007F\u0085\u2028\u2029", "\uFEFFmark\uFFFD\uFFFF",
            "𝔘𠮷\U0010FFFF", new string('長', PortableRecord.MaxTextBytes / 3), new string('x', PortableRecord.MaxTextBytes - 3) + "end",
        ];
        List<Memory> memories = [.. texts.Select((text, i) => Sample.Memory(i, text) with
        {
            Quote = text,
            Speaker = new Speaker("ana", text),
            Attributes = text.Length < 1000 ? new Dictionary<string, string> { [text] = text } : [],
        })];
        Assert.All(memories, m => Assert.Null(PortableRecord.Flaw(m)));
        foreach (var memory in memories) await fixture.Store.UpsertAsync([memory], Token);
        Assert.Equal(memories, await fixture.AllAsync());
    }

    [Theory, EveryBackend]
    public static async Task Negative_and_extreme_ids_are_kept(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        long[] ids = [long.MinValue + 1, long.MinValue + 2, -7, -1, 0, 1, 1L << 53, (1L << 53) + 1, long.MaxValue - 1, long.MaxValue];
        List<Memory> memories = [.. ids.Select(id => Sample.Memory(id, $"{id}"))];
        await fixture.Store.UpsertAsync([.. memories.AsEnumerable().Reverse()], Token);
        Assert.Equal(memories, await fixture.AllAsync());
        Assert.Equal(memories, await fixture.Store.GetAsync(Sample.General, [.. memories.Select(m => m.Id)], Token));
        var found = await fixture.Store.SearchAsync(Sample.General, StrongQuery(Sample.East, 20, MemoryFilter.Everything), Token);
        Assert.Equal(memories, found.Select(m => m.Memory));
    }

    [Theory, EveryBackend]
    public static async Task Far_times_come_back_to_the_millisecond(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        DateTimeOffset[] times =
        [
            DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddMilliseconds(-1), new(1969, 7, 20, 20, 17, 40, 1, TimeSpan.Zero),
            new(1, 1, 1, 0, 0, 0, 1, TimeSpan.Zero), new(9999, 12, 31, 23, 59, 59, 999, TimeSpan.Zero), new(2026, 3, 29, 1, 30, 0, 123, TimeSpan.Zero),
        ];
        List<Memory> memories = [.. times.Select((time, i) => Sample.Memory(i) with { SpokenAt = time, RecordedAt = time, ValidTo = time, Sources = [new SourceMessage("m", "", time)] })];
        await fixture.Store.UpsertAsync(memories, Token);
        var back = await fixture.AllAsync();
        Assert.Equal(memories, back);
        Assert.All(back, m => Assert.Equal(TimeSpan.Zero, m.RecordedAt.Offset));
    }

    [Theory, EveryBackend]
    public static async Task Times_are_stored_as_UTC_milliseconds(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var local = new DateTimeOffset(2026, 3, 1, 12, 0, 0, 7, TimeSpan.FromHours(2)).AddTicks(1234);
        await fixture.Guard().UpsertAsync([Sample.Memory(1) with { SpokenAt = local, RecordedAt = local, ValidTo = local, Sources = [new SourceMessage("m", "", local)] }], Token);
        var back = Assert.Single(await fixture.AllAsync());
        var utc = new DateTimeOffset(2026, 3, 1, 10, 0, 0, 7, TimeSpan.Zero);
        Assert.Equal([utc, utc, utc, utc], new[] { back.SpokenAt, back.RecordedAt, back.ValidTo, back.Sources[0].At });
        Assert.Equal(TimeSpan.Zero, back.RecordedAt.Offset);
    }

    [Theory, EveryBackend]
    public static async Task A_write_is_readable_when_its_task_completes(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        for (var i = 0; i < 20; i++)
        {
            var memory = Sample.Memory(i, $"v{i}", vector: [1, i, 0, 0]);
            await fixture.Store.UpsertAsync([memory], Token);
            Assert.Equal(memory, Assert.Single(await fixture.Store.GetAsync(Sample.General, [memory.Id], Token)));
            Assert.Equal(memory, (await fixture.Store.SearchAsync(Sample.General, StrongQuery(memory.Vector, 1, MemoryFilter.Everything), Token))[0].Memory);
            Assert.Equal(i + 1, await fixture.Store.CountAsync(MemoryFilter.Everything, Token));
        }
    }
}
