using System.Diagnostics;
using System.Globalization;

namespace Mnemo.Torture;

/// <summary>One data directory and the programs that die on it.</summary>
internal sealed class Victim(string data, Random random, DoctorBook doctor)
{
    private const int StartMs = 900, FirstWriteMs = 250, DoctorMs = 250, StreamMs = 1500, FlushMs = 250;
    private const int BurstMost = 60, PauseMostMs = 25, RepeatKnown = 5;
    private int _startMs = StartMs;
    private bool _mayKillEarly = true;

    public string Data => data;

    public Ledger Ledger { get; } = new(random);

    /// <summary>Starts the program, lets it work, kills it. Returns what happened.</summary>
    public async Task<string> KillOnceAsync()
    {
        var moment = (KillMoment)random.Next(_mayKillEarly ? 0 : (int)KillMoment.Stream, (int)KillMoment.Flush + 1);
        // Of two starts in a row at least the second lives until the doctor has answered.
        _mayKillEarly = moment >= KillMoment.Stream;
        if (!_mayKillEarly) doctor.Interrupted++;
        Directory.CreateDirectory(Path.GetDirectoryName(data)!);
        var clock = Stopwatch.StartNew();
        using var chat = new ChatProcess(data, Ledger);
        var what = moment switch
        {
            KillMoment.Start => await WaitAsync(random.Next(_startMs)),
            KillMoment.FirstWrite => await FirstWriteAsync(chat),
            KillMoment.Doctor => await DuringDoctorAsync(chat),
            _ => await LongLifeAsync(chat, moment),
        };
        await chat.KillAsync();
        foreach (var problem in chat.Problems) what += $"; {problem}";
        return string.Create(CultureInfo.InvariantCulture, $"{moment,-10} after {clock.ElapsedMilliseconds,5} ms{what}");
    }

    /// <summary>A clean start that takes what was not acknowledged, a clean end, and an export to check.</summary>
    public async Task<Verdict> CheckAsync(CancellationToken cancellation)
    {
        List<string> faults = [];
        using (var chat = new ChatProcess(data, Ledger))
        {
            if (await AskDoctorAsync(chat) is { Length: > 0 } fault) faults.Add(fault);
            foreach (var message in Ledger.ToRepeat(RepeatKnown)) await chat.SayAsync(message);
            if (await chat.CommandAsync("records", "/memory list_records mnemosyne_default 10") is not { IsGood: true }) faults.Add("list_records failed");
            chat.CloseInput();
            var (code, errors) = await chat.EndAsync();
            if (code != 0) faults.Add($"a clean end gave exit code {code}: {errors}");
            faults.AddRange(chat.Problems);
        }

        if (Ledger.Acknowledged != Ledger.Sent) faults.Add($"{Ledger.Sent - Ledger.Acknowledged} messages were never acknowledged");
        var export = Path.ChangeExtension(data, ".jsonl");
        var exported = await MnemoProcess.RunAsync(data, cancellation, "export", export);
        if (exported.ExitCode != 0) faults.Add($"export gave exit code {exported.ExitCode}: {exported.Errors}");
        var verdict = await Verdict.ReadAsync(export, Ledger, cancellation);
        return verdict with { Wrong = [.. faults, .. verdict.Wrong] };
    }

    private static async Task<string> WaitAsync(int milliseconds)
    {
        await Task.Delay(milliseconds);
        return "";
    }

    private async Task<string> FirstWriteAsync(ChatProcess chat)
    {
        for (var i = 0; i < BurstMost; i++)
        {
            if (!await chat.SayAsync(Ledger.Next())) break;
        }

        await Task.Delay(Math.Max(0, _startMs - FirstWriteMs) + random.Next(2 * FirstWriteMs));
        return "";
    }

    private async Task<string> DuringDoctorAsync(ChatProcess chat)
    {
        var asked = chat.DoctorAsync();
        await Task.WhenAny(asked, Task.Delay(Math.Max(0, _startMs - DoctorMs) + random.Next(2 * DoctorMs)));
        return "";
    }

    private async Task<string> LongLifeAsync(ChatProcess chat, KillMoment moment)
    {
        var clock = Stopwatch.StartNew();
        if (await AskDoctorAsync(chat) is { Length: > 0 } fault) return "; " + fault;
        _startMs = (int)clock.ElapsedMilliseconds;
        foreach (var message in Ledger.ToRepeat(RepeatKnown)) await chat.SayAsync(message);
        await StreamAsync(chat, random.Next(StreamMs));
        if (moment != KillMoment.Flush) return "";
        chat.CloseInput();
        await Task.Delay(random.Next(FlushMs));
        return "";
    }

    private async Task StreamAsync(ChatProcess chat, int milliseconds)
    {
        var clock = Stopwatch.StartNew();
        while (clock.ElapsedMilliseconds < milliseconds)
        {
            for (var i = random.Next(1, BurstMost); i > 0 && clock.ElapsedMilliseconds < milliseconds; i--)
            {
                if (!await chat.SayAsync(Ledger.Next())) return;
            }

            await Task.Delay(random.Next(PauseMostMs));
        }
    }

    private async Task<string> AskDoctorAsync(ChatProcess chat)
    {
        var reply = await chat.DoctorAsync();
        doctor.Note(reply is { IsGood: true });
        return reply switch
        {
            null => $"the program ended by itself: {(await chat.EndAsync()).Errors}",
            { IsGood: false } => $"the doctor is not content: {reply.Text}",
            _ => "",
        };
    }
}
