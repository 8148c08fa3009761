using Mnemo.Memories;
using Mnemo.Tests.Capture;
using Xunit;

namespace Mnemo.Tests.Writing;

public sealed class MemoryRemoverTests
{
    private static readonly MemoryFilter Ana = MemoryFilter.Equal(TextField.Speaker, "ana");

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_deleted_while_a_repetition_of_it_is_being_stored_stays_deleted()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.SayAsync(Now, CaptureFixture.Message("m1", "My dog is called Biscuit."));
        await fixture.Worker.DrainAsync(Now);
        await fixture.SayAsync(Now, CaptureFixture.Message("m2", "My dog is called Biscuit.", atSeconds: 1));
        var upsert = fixture.Store.Hold("upsert");
        var storing = fixture.Worker.DrainAsync(Now);
        await fixture.Store.Hanging;

        // Everything that the deletion could do without waiting has been done when the call returns.
        var removing = fixture.Remover.RemoveAsync(Ana, null, Now);
        Assert.Equal(0, fixture.Store.Calls("delete"));
        upsert.SetResult();
        await storing;
        Assert.Equal(1, (await removing).Deleted);
        Assert.Empty(await fixture.MemoriesAsync(Now));
        Assert.Equal(0, fixture.TextIndex.Count);
    }

    [Fact]
    public async Task Only_what_passes_is_deleted_whatever_its_scope_and_the_files_are_purged_once()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.SayAsync(Now,
            CaptureFixture.Message("m1", "I like tea."), CaptureFixture.Message("m2", "I like rain.", channel: "elsewhere"),
            CaptureFixture.Private("m3", "I like coffee."), CaptureFixture.Message("m4", "I like cake.", speaker: "ben"));
        await fixture.Worker.DrainAsync(Now);

        static bool IsPublic(Memory memory) => !memory.Scope.IsDirect;
        Assert.Equal(2, await fixture.Remover.CountAsync(Ana, IsPublic, Now));
        Assert.Equal(2, (await fixture.Remover.RemoveAsync(Ana, IsPublic, Now)).Deleted);
        Assert.Equal(["I like coffee.", "I like cake."], (await fixture.MemoriesAsync(Now)).OrderBy(m => m.Sources[0].MessageId, StringComparer.Ordinal).Select(m => m.Text));
        Assert.Equal(1, fixture.Store.Calls("purge"));
    }

    [Fact]
    public async Task Where_nothing_passes_no_file_is_rewritten()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        Assert.Equal(0, (await fixture.Remover.RemoveAsync(Ana, null, Now)).Deleted);
        Assert.Equal((0, 0), (fixture.Store.Calls("delete"), fixture.Store.Calls("purge")));
    }
}
