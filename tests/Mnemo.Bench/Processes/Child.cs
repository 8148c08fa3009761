using System.Diagnostics;
using System.Globalization;

namespace Mnemo.Bench.Processes;

/// <summary>Runs another program to its end.</summary>
internal static class Child
{
    private const int MemoryEveryMs = 100;

    public static string Dotnet => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";

    /// <summary>How to start a program; its output is read, its environment is ours and what is given.</summary>
    public static ProcessStartInfo Command(string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(file) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal)) start.Environment[name] = value;
        return start;
    }

    /// <summary>Runs it; what it writes to its error output is shown when it fails.</summary>
    public static async Task<Ended> RunAsync(ProcessStartInfo start, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} does not start.");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        var ended = process.WaitForExitAsync(cancellation);
        var peak = 0L;
        while (!ended.IsCompleted)
        {
            peak = Math.Max(peak, PeakBytes(process.Id));
            await Task.WhenAny(ended, Task.Delay(MemoryEveryMs, cancellation));
        }

        await ended;
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        if (process.ExitCode != 0) throw new InvalidOperationException($"{Path.GetFileName(start.FileName)} {string.Join(' ', start.ArgumentList.Take(3))} … ended with {process.ExitCode}: {await errors}{await output}");
        return new Ended(await output, seconds, peak);
    }

    /// <summary>Whether a program of that name can be started.</summary>
    public static bool Exists(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, name)));

    private static long PeakBytes(int process)
    {
        try
        {
            var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/status")).FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : 1024 * long.Parse(line["VmHWM:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}

/// <summary>A program that has ended well.</summary>
/// <param name="Output">What it printed.</param>
/// <param name="Seconds">From its start to its end.</param>
/// <param name="PeakBytes">The most memory that it was seen to have.</param>
internal sealed record Ended(string Output, double Seconds, long PeakBytes);
