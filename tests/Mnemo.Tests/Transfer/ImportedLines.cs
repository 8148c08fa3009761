using System.IO.Hashing;
using System.Text;
using Mnemo.Memories;
using Mnemo.Privacy;
using Mnemo.Tests.Capture;
using Mnemo.Transfer;
using Xunit;

namespace Mnemo.Tests.Transfer;

/// <summary>Lines as another system writes them, and the way they come in.</summary>
internal static class ImportedLines
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    /// <summary>A line without id, time and vector.</summary>
    public static string Line(string text, string speaker = "ana", string platform = "test", string more = "")
        => $$"""{"scope":{"platform":"{{platform}}","guild":"g","channel":"c","subject":"{{speaker}}"},"speaker":{"id":"{{speaker}}"},"text":"{{text}}"{{more}}}""";

    public static Task<ImportReport> ImportAsync(CaptureFixture fixture, params IReadOnlyList<string> lines) => ImportAsync(fixture, new ImportOptions(), lines);

    public static async Task<ImportReport> ImportAsync(CaptureFixture fixture, ImportOptions options, params IReadOnlyList<string> lines)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        return await new JsonlImporter(fixture.Stores, fixture.Writer, new DeletionLedger(fixture.Control), fixture.Clock)
            .ImportAsync(stream, options, null, Now);
    }

    /// <summary>The first two of all lines whose made ids are the same.</summary>
    public static (string First, string Second) Colliding()
    {
        Dictionary<MemoryId, string> seen = [];
        for (var i = 0; ; i++)
        {
            var line = Line($"Fact {i}.");
            var id = MemoryId.From(DateTimeOffset.UnixEpoch, $"import:{XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(line)):x32}", 0);
            if (!seen.TryAdd(id, line)) return (seen[id], line);
        }
    }
}
