using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace Mnemo.Torture;

/// <summary>A running <c>mnemo chat --json</c>: lines in, acknowledgements into the ledger, replies to whoever waits.</summary>
internal sealed class ChatProcess : IDisposable
{
    /// <summary>No life lasts longer; a program that does not answer any more is a fault, not a reason to wait for ever.</summary>
    private const int LongestWaitMs = 120_000;

    private const string DoctorId = "doctor";
    private readonly Process _process;
    private readonly Ledger _ledger;
    private readonly Task _reading;
    private readonly Task<string> _errors;
    private readonly TaskCompletionSource _firstAcknowledgement = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Reply>> _waiting = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _problems = new();
    private readonly Timer _watchdog;
    private bool _isKilled;

    public ChatProcess(string data, Ledger ledger)
    {
        _ledger = ledger;
        _process = MnemoProcess.Start(data, "chat", "--as", MnemoProcess.Speaker, "--json");
        _process.StandardInput.AutoFlush = true;
        _errors = _process.StandardError.ReadToEndAsync();
        _reading = Task.Run(ReadAsync);
        _watchdog = new Timer(_ => GiveUp(), null, LongestWaitMs, Timeout.Infinite);
    }

    /// <summary>Completes with the first acknowledgement, or when the program has ended without one.</summary>
    public Task FirstAcknowledgement => _firstAcknowledgement.Task;

    /// <summary>What went wrong that nobody waited for.</summary>
    public IReadOnlyCollection<string> Problems => _problems;

    /// <summary>Sends a message; false when the program is gone.</summary>
    public Task<bool> SayAsync(Utterance message) => WriteAsync(message.ToLine());

    /// <summary>Asks the doctor; null when the program ended before it answered.</summary>
    public Task<Reply?> DoctorAsync() => CommandAsync(DoctorId, "/memory doctor");

    /// <summary>Runs a command of the chat; null when the program ended before it answered.</summary>
    public async Task<Reply?> CommandAsync(string id, string text)
    {
        var answered = _waiting.GetOrAdd(id, _ => new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously));
        if (!await WriteAsync(JsonSerializer.Serialize(new { id, text }))) return null;
        await Task.WhenAny(answered.Task, _reading);
        return answered.Task.IsCompletedSuccessfully ? await answered.Task : null;
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public async Task KillAsync()
    {
        _isKilled = true;
        _process.Kill();
        await EndAsync();
    }

    /// <summary>Says that no more will come, without waiting for what follows.</summary>
    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Waits until the program has ended by itself.</summary>
    public async Task<(int ExitCode, string Errors)> EndAsync()
    {
        await _process.WaitForExitAsync();
        await _reading;
        return (_process.ExitCode, await _errors);
    }

    public void Dispose()
    {
        _watchdog.Dispose();
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private void GiveUp()
    {
        _problems.Enqueue($"it did not answer for {LongestWaitMs / 1000} s");
        if (!_process.HasExited) _process.Kill();
    }

    private async Task<bool> WriteAsync(string line)
    {
        try
        {
            await _process.StandardInput.WriteAsync((line + "\n").AsMemory());
            return true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            return false;
        }
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            try
            {
                using var json = JsonDocument.Parse(line);
                Take(json.RootElement);
            }
            catch (JsonException)
            {
                // The last line of a killed program may be half a line; whoever read it was promised nothing.
                if (!_isKilled) _problems.Enqueue($"not JSON: {line}");
            }
        }

        _firstAcknowledgement.TrySetResult();
    }

    private void Take(JsonElement line)
    {
        if (line.TryGetProperty("ack", out var id))
        {
            _ledger.Acknowledge(id.GetString()!, line.GetProperty("outcome").GetString()!);
            _firstAcknowledgement.TrySetResult();
        }
        else if (line.TryGetProperty("reply", out var reply))
        {
            var to = line.GetProperty("to").GetString() ?? "";
            _waiting.GetOrAdd(to, _ => new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously))
                .TrySetResult(new Reply(line.GetProperty("ok").GetBoolean(), reply.GetString() ?? ""));
        }
        else if (line.TryGetProperty("error", out var error))
        {
            _problems.Enqueue(error.GetString() ?? "an error without words");
        }
    }
}

/// <summary>What a command answered.</summary>
internal sealed record Reply(bool IsGood, string Text);
