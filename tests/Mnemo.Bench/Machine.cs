using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Mnemo.Bench;

/// <summary>What the figures were measured on, as far as the system tells.</summary>
internal static class Machine
{
    public static IReadOnlyList<string> StateValues()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30);
        List<string> facts =
        [
            string.Create(CultureInfo.InvariantCulture, $"machine: {Processor()}, {Environment.ProcessorCount} processors, {memory:F0} GiB, {RuntimeInformation.OSDescription}"),
            $"runtime: {RuntimeInformation.FrameworkDescription}, vectors of {(Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128)} bits",
        ];
#if DEBUG
        facts.Add("BUILT FOR DEBUGGING: these figures mean nothing; build with -c Release");
#endif
        if (LoadAverage() is { } load) facts.Add($"load average at the end: {load}");
        return facts;
    }

    /// <summary>A number of a process from the kernel's status file, in bytes; null where there is none.</summary>
    public static long? StatusBytes(string name)
    {
        if (!File.Exists("/proc/self/status")) return null;
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.Ordinal));
        return line is null ? null : 1024 * long.Parse(line[(name.Length + 1)..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }

    private static string Processor()
    {
        const string Path = "/proc/cpuinfo";
        var line = File.Exists(Path) ? File.ReadLines(Path).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static string? LoadAverage()
    {
        const string Path = "/proc/loadavg";
        return File.Exists(Path) ? File.ReadAllText(Path).Trim() : null;
    }
}
