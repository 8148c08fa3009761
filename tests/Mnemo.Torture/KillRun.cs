using System.Diagnostics;
using System.Globalization;

namespace Mnemo.Torture;

/// <summary>
/// Kills the program again and again. The kills are dealt to several data directories, because a fresh one breaks
/// differently from a grown one; each is checked against its own ledger in the end.
/// </summary>
internal sealed class KillRun(int times, int seed, string place, TextWriter output)
{
    private const int MostKillsPerDirectory = 8;

    private readonly Random _random = new(seed);
    private readonly DoctorBook _doctor = new();
    private int _kills, _acknowledged, _lost, _doubled, _wrong;

    public string Place => place;

    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(place);
        var clock = Stopwatch.StartNew();
        Say($"kill: {times} kills, seed {seed}");
        while (_kills < times)
        {
            cancellation.ThrowIfCancellationRequested();
            var here = Math.Min(times - _kills, _random.Next(1, MostKillsPerDirectory + 1));
            var victim = new Victim(Path.Combine(place, $"data-{_kills + 1}"), _random, _doctor);
            for (var i = 0; i < here; i++)
            {
                var told = await victim.KillOnceAsync();
                Say($"{++_kills,4}/{times}  {told}  ({victim.Ledger.Sent} sent, {victim.Ledger.Acknowledged} acknowledged)");
            }

            Count(victim, await victim.CheckAsync(cancellation));
        }

        var isGood = _lost + _doubled + _wrong == 0 && _doctor.IsGreen;
        if (_wrong > 0) Say($"{_wrong} other faults, see above");
        Say($"took {clock.Elapsed.TotalSeconds:F0} s; {_doctor.Interrupted} starts were killed before the doctor could be asked, the start after them was asked");
        Say($"kill: {_kills} kills, {_acknowledged} acknowledged, {_lost} lost, {_doubled} doubled, doctor green {_doctor.Green}/{_doctor.Asked}");
        return isGood;
    }

    private void Count(Victim victim, Verdict verdict)
    {
        _acknowledged += verdict.Acknowledged;
        _lost += verdict.Lost.Count;
        _doubled += verdict.Doubled.Count;
        _wrong += verdict.Wrong.Count;
        Say($"      {Path.GetFileName(victim.Data)}: {verdict.Acknowledged} acknowledged, {verdict.Memories} memories, {verdict.Lost.Count} lost, {verdict.Doubled.Count} doubled");
        foreach (var (fault, ids) in new[] { ("lost", verdict.Lost), ("doubled", verdict.Doubled), ("wrong", verdict.Wrong) })
        {
            if (ids.Count > 0) Say($"      {fault}: {string.Join("; ", ids.Take(10))}{(ids.Count > 10 ? "; …" : "")}");
        }
    }

    private void Say(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}

/// <summary>How often the doctor was asked and content.</summary>
internal sealed class DoctorBook
{
    public int Asked { get; private set; }

    public int Green { get; private set; }

    /// <summary>Starts that were killed before the doctor could answer.</summary>
    public int Interrupted { get; set; }

    public bool IsGreen => Asked == Green && Asked > 0;

    public void Note(bool isGreen)
    {
        Asked++;
        if (isGreen) Green++;
    }
}
