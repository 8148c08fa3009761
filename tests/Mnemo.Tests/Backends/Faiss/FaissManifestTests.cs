using System.Text;
using Mnemo.Backends.Faiss;
using Mnemo.Storage;
using Xunit;

namespace Mnemo.Tests.Backends.Faiss;

public sealed class FaissManifestTests
{
    private static CancellationToken Token => FaissRoom.Token;

    [Fact]
    public async Task A_manifest_with_any_byte_changed_is_refused_with_the_remedy_and_left_as_it_is()
    {
        using var room = new FaissRoom();
        await room.FillAsync(5);
        var whole = await File.ReadAllBytesAsync(room.Paths.Manifest, Token);
        for (var i = 0; i < whole.Length; i++)
        {
            var damaged = whole.ToArray();
            damaged[i] ^= 0x01;
            await File.WriteAllBytesAsync(room.Paths.Manifest, damaged, Token);

            var refusal = Assert.Throws<MemoryStoreException>(() => FaissManifest.Load(room.Paths));

            Assert.True(refusal.Message.Contains("restore the directory from a backup", StringComparison.Ordinal), $"byte {i}: {refusal.Message}");
            Assert.Equal(damaged, await File.ReadAllBytesAsync(room.Paths.Manifest, Token));
        }

        await File.WriteAllBytesAsync(room.Paths.Manifest, whole, Token);
        Assert.NotNull(FaissManifest.Load(room.Paths));
    }

    [Fact]
    public async Task A_manifest_of_the_release_before_has_no_checksum_and_opens()
    {
        using var room = new FaissRoom();
        var memories = await room.FillAsync(5);
        var lines = (await File.ReadAllTextAsync(room.Paths.Manifest, Token)).Split('\n').Where(line => !line.Contains("\"checksum\"", StringComparison.Ordinal));
        var text = string.Join('\n', lines).Replace("\",\n}", "\"\n}", StringComparison.Ordinal);
        await File.WriteAllBytesAsync(room.Paths.Manifest, Encoding.UTF8.GetBytes(text), Token);

        await using var store = await room.OpenAsync();
        await FaissRoom.AssertHoldsAsync(store, memories);
    }
}
