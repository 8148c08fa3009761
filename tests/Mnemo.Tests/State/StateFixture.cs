using Microsoft.Extensions.Time.Testing;
using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.State;
using Mnemo.Tests.Harness;

namespace Mnemo.Tests.State;

/// <summary>An open control state in a directory of its own, with a clock that the test moves.</summary>
internal sealed class StateFixture : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly ScratchDirectory _directory = new();

    private StateFixture()
    {
    }

    public FakeTimeProvider Clock { get; } = new(Start);

    public string Directory => _directory.Path;

    public string File => Path.Combine(_directory.Path, "control.db");

    public ControlStore Control { get; private set; } = null!;

    public Outbox Outbox { get; private set; } = null!;

    public static async Task<StateFixture> OpenAsync(CancellationToken cancellation, int limit = Outbox.DefaultLimit)
    {
        var fixture = new StateFixture();
        await fixture.OpenFileAsync(limit, cancellation);
        return fixture;
    }

    /// <summary>Closes and opens again, as a restart does.</summary>
    public async Task RestartAsync(CancellationToken cancellation)
    {
        await Control.DisposeAsync();
        await OpenFileAsync(Outbox.DefaultLimit, cancellation);
    }

    public static ChatMessage Message(string id, string text = "My dog is called Biscuit.", string speaker = "ana", string channel = "general", int atSeconds = 0)
        => new(id, new MemoryScope("test", "guild", channel, speaker), new Speaker(speaker, char.ToUpperInvariant(speaker[0]) + speaker[1..]), text, Start.AddSeconds(atSeconds));

    /// <summary>Completes everything that waits, as if it had been stored, in the session that each message names.</summary>
    public async Task CompleteAllAsync(CaptureOptions options, CancellationToken cancellation)
    {
        var rows = await Outbox.PendingAsync(1000, cancellation);
        await Outbox.CompleteAsync([.. rows.Select(row => new CompletedRow(row with { Session = row.Message.Session is "" ? "session" : row.Message.Session }, Created: 1))], options, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await Control.DisposeAsync();
        _directory.Dispose();
    }

    private async Task OpenFileAsync(int limit, CancellationToken cancellation)
    {
        Control = await ControlStore.OpenAsync(File, Clock, cancellation);
        Outbox = new Outbox(Control, limit);
    }
}
