using System.Diagnostics;

namespace Mnemo.Bench;

/// <summary>Durations in milliseconds.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    public int Count => _values.Count;

    public double Median => Percentile(50);

    public void Add(double milliseconds) => _values.Add(milliseconds);

    public void AddSince(long timestamp) => Add(Stopwatch.GetElapsedTime(timestamp).TotalMilliseconds);

    /// <summary>The smallest value that so many per cent do not exceed.</summary>
    public double Percentile(double percent)
    {
        if (_values.Count == 0) return double.NaN;
        double[] sorted = [.. _values.Order()];
        return sorted[Math.Clamp((int)Math.Ceiling(percent / 100 * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}
