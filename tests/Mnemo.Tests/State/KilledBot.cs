using Mnemo.Capture;
using Mnemo.State;
using Mnemo.Tests.Harness;

namespace Mnemo.Tests.State;

/// <summary>The files that a bot leaves which was killed while messages waited: a copy of those of an open control state.</summary>
internal sealed class KilledBot : IDisposable
{
    private readonly ScratchDirectory _directory = new();

    public string File => Path.Combine(_directory.Path, "control.db");

    public string Log => File + "-wal";

    /// <summary>Copies what lies on the disk now.</summary>
    public static KilledBot Copy(StateFixture fixture)
    {
        var killed = new KilledBot();
        foreach (var file in Directory.GetFiles(fixture.Directory).Where(f => !f.EndsWith("-shm", StringComparison.Ordinal))) System.IO.File.Copy(file, Path.Combine(killed._directory.Path, Path.GetFileName(file)));
        return killed;
    }

    /// <summary>Turns one byte of a file into another.</summary>
    public static void Flip(string file, long offset)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        stream.Position = offset;
        var was = stream.ReadByte();
        stream.Position = offset;
        stream.WriteByte((byte)(was ^ 0x10));
    }

    /// <summary>Opens it as the next start does.</summary>
    public async Task<(ControlStore Control, IReadOnlyList<OutboxRow> Waiting)> StartAsync(TimeProvider clock, CancellationToken cancellation)
    {
        var control = await ControlStore.OpenAsync(File, clock, cancellation);
        return (control, await new Outbox(control).PendingAsync(10_000, cancellation));
    }

    public void Dispose() => _directory.Dispose();
}
