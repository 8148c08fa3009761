using System.Globalization;
using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.Plugin.Commands;

/// <summary>How memories are shown in lists.</summary>
internal static class MemoryLines
{
    private const int MaxText = 100;

    /// <summary>A table of memories: id, date, speaker, text.</summary>
    public static ReplyBlock.Table Table(IEnumerable<Memory> memories, CommandCall call) => new(
        [call.Say("cmd.column.id"), call.Say("cmd.column.at"), call.Say("cmd.column.speaker"), call.Say("cmd.column.text")],
        [.. memories.Select(m => (IReadOnlyList<string>)[m.Id.ToString(), Date(m.At, call.Runtime.Clock), m.Speaker.Name, TextWidth.Cut(m.Text, MaxText)])]);

    /// <summary>Date and time in the local zone.</summary>
    public static string Date(DateTimeOffset at, TimeProvider clock) =>
        TimeZoneInfo.ConvertTime(at, clock.LocalTimeZone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>How long ago, in the largest fitting unit.</summary>
    public static string Age(DateTimeOffset at, CommandCall call)
    {
        var age = call.Runtime.Clock.GetUtcNow() - at;
        return age.TotalMinutes < 1 ? call.Say("cmd.age.now")
            : age.TotalHours < 1 ? call.Say("cmd.age.minutes", (long)age.TotalMinutes)
            : age.TotalDays < 1 ? call.Say("cmd.age.hours", (long)age.TotalHours)
            : call.Say("cmd.age.days", (long)age.TotalDays);
    }

    /// <summary>A number of bytes for people.</summary>
    public static string Bytes(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        double value = bytes;
        var unit = 0;
        for (; value >= 1024 && unit < units.Length - 1; unit++) value /= 1024;
        return unit == 0 ? $"{bytes} B" : string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {units[unit]}");
    }
}

/// <summary>Reads the newest memories first. Ids sort by time, so it is a scan from the end.</summary>
internal static class NewestMemories
{
    public static async Task<IReadOnlyList<Memory>> ReadAsync(IMemoryStore store, MemoryFilter filter, int count, CancellationToken cancellation)
        => await store.ReadableAsync(new ScanQuery(filter) { IsDescending = true, Limit = count, WithVectors = false }, cancellation).ToListAsync(cancellation);
}
