namespace Mnemo.Capture;

/// <summary>Counts the free places of the outbox, so that a full one makes its callers wait.</summary>
internal sealed class OutboxCapacity(int limit, Func<CancellationToken, Task<long>> countAtStart)
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private Task? _counting;
    private long _taken;

    /// <summary>Counts what is there; every change of the outbox begins with it, so that no change is counted twice.</summary>
    public Task ReadyAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_counting is null or { IsFaulted: true }) _counting = CountAsync();
            return _counting.IsCompletedSuccessfully ? Task.CompletedTask : _counting.WaitAsync(cancellation);
        }
    }

    public async Task TakeAsync(CancellationToken cancellation)
    {
        await ReadyAsync(cancellation);
        while (true)
        {
            TaskCompletionSource turn;
            lock (_gate)
            {
                if (_taken < limit)
                {
                    _taken++;
                    return;
                }

                turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Enqueue(turn);
            }

            await turn.Task.WaitAsync(cancellation);
        }
    }

    /// <summary>Gives places back; a negative number takes them whether they are free or not.</summary>
    public void Give(int places)
    {
        lock (_gate)
        {
            _taken -= places;
            // One who gave up waiting may get a turn and leave it unused, so everybody is woken and looks again.
            if (_taken < limit)
            {
                while (_waiting.TryDequeue(out var turn)) turn.TrySetResult();
            }
        }
    }

    private async Task CountAsync() => _taken = await countAtStart(CancellationToken.None);
}
