using Mnemo.Sqlite;

namespace Mnemo.State;

/// <summary>Something for the writer thread to do.</summary>
internal abstract class ControlWork(bool isExclusive, CancellationToken cancellation)
{
    /// <summary>Whether it must run outside a transaction and alone.</summary>
    public bool IsExclusive { get; } = isExclusive;

    public CancellationToken Cancellation { get; } = cancellation;

    public abstract void Run(PreparedConnection connection);

    /// <summary>Hands the result over, after the commit. Does nothing when it failed before.</summary>
    public abstract void Succeed();

    public abstract void Fail(Exception reason);
}

/// <inheritdoc />
internal sealed class ControlWork<T>(Func<PreparedConnection, T> work, bool isExclusive, CancellationToken cancellation) : ControlWork(isExclusive, cancellation)
{
    private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _value;

    public Task<T> Result => _result.Task;

    public override void Run(PreparedConnection connection) => _value = work(connection);

    public override void Succeed() => _result.TrySetResult(_value!);

    public override void Fail(Exception reason) => _result.TrySetException(reason);
}
