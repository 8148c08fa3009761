using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Capture;
using Xunit;

namespace Mnemo.Tests.Privacy;

public sealed class MemoryRemoverTests
{
    private static readonly MemoryFilter Ana = MemoryFilter.Equal(TextField.Speaker, "ana");

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_deleted_while_a_repetition_of_it_is_being_stored_stays_deleted()
    {
        await using var bench = await CaptureBench.OpenAsync(Now);
        await bench.SayAsync(Now, CaptureBench.Message("m1", "My dog is called Biscuit."));
        await bench.Worker.DrainAsync(Now);
        await bench.SayAsync(Now, CaptureBench.Message("m2", "My dog is called Biscuit.", atSeconds: 1));
        var upsert = bench.Store.Hold("upsert");
        var storing = bench.Worker.DrainAsync(Now);
        await bench.Store.Hanging;

        // Everything that the deletion could do without waiting has been done when the call returns.
        var removing = bench.Remover.RemoveAsync(Ana, null, Now);
        Assert.Equal(0, bench.Store.Calls("delete"));
        upsert.SetResult();
        await storing;
        Assert.Equal(1, await removing);
        Assert.Empty(await bench.MemoriesAsync(Now));
        Assert.Equal(0, bench.Words.Count);
    }

    [Fact]
    public async Task Only_what_passes_is_deleted_whatever_its_scope_and_the_files_are_purged_once()
    {
        await using var bench = await CaptureBench.OpenAsync(Now);
        await bench.SayAsync(Now,
            CaptureBench.Message("m1", "I like tea."), CaptureBench.Message("m2", "I like rain.", channel: "elsewhere"),
            CaptureBench.Private("m3", "I like coffee."), CaptureBench.Message("m4", "I like cake.", speaker: "ben"));
        await bench.Worker.DrainAsync(Now);

        static bool IsPublic(Memory memory) => !memory.Scope.IsDirect;
        Assert.Equal(2, await bench.Remover.CountAsync(Ana, IsPublic, Now));
        Assert.Equal(2, await bench.Remover.RemoveAsync(Ana, IsPublic, Now));
        Assert.Equal(["I like coffee.", "I like cake."], (await bench.MemoriesAsync(Now)).OrderBy(m => m.Sources[0].MessageId, StringComparer.Ordinal).Select(m => m.Text));
        Assert.Single(bench.Store.Erasures, Erasure.Physical);
    }

    [Fact]
    public async Task Where_nothing_passes_no_file_is_rewritten()
    {
        await using var bench = await CaptureBench.OpenAsync(Now);
        Assert.Equal(0, await bench.Remover.RemoveAsync(Ana, null, Now));
        Assert.Empty(bench.Store.Erasures);
    }
}
