using Microsoft.Extensions.Logging;
using Mnemo.Capture;
using Mnemo.Indexing;
using Mnemo.Plugin.Config;
using Mnemo.Localization;
using Mnemo.Privacy;
using Mnemo.Recall;
using Mnemo.State;
using Mnemo.Storage;
using Mnemo.Writing;

namespace Mnemo.Plugin.Hosting;

/// <summary>
/// Opens the parts in their order: lock, control state, text index beside it. The store is opened behind them, because
/// messages are taken without it. What was opened is closed when a later part fails.
/// </summary>
internal sealed class RuntimeOpener(MnemoConfig config, TimeProvider clock, ILoggerFactory loggers, IReadOnlyList<ErasureTarget> places)
{
    private readonly Stack<IAsyncDisposable> _opened = new();
    private readonly Strings _strings = Strings.For(config.Language);
    private readonly StartNotices _notices = new(Strings.For(config.Language), loggers.CreateLogger<StartNotices>());

    public async Task<MnemoRuntime> OpenAsync(CancellationToken cancellation)
    {
        try
        {
            return await OpenPartsAsync(cancellation);
        }
        catch
        {
            while (_opened.TryPop(out var part)) await part.DisposeAsync();
            throw;
        }
    }

    private async Task<MnemoRuntime> OpenPartsAsync(CancellationToken cancellation)
    {
        Closed(DataDirectoryLock.Take(config.DataDirectory));
        await ControlPresence.RequireAsync(config, clock, cancellation);
        // The text index needs nothing of the others, so it opens beside them.
        var opening = Task.Run(() => TextIndex.OpenAsync(ControlPresence.TextIndexIn(config.DataDirectory), cancellation), cancellation);
        Opened(new PendingPart(opening));
        var control = Opened(await OpenControlAsync(cancellation));
        var capture = config.CaptureOptions;
        var outbox = new Outbox(control, capture.OutboxLimit);
        var router = new StoreRouter(control);
        var log = new WriteLog(control);
        var opener = new StoreOpener(config, new Embedding.LocalEmbedder(config.EmbeddingDimension), router, log, RetryLoopOf<StoreOpener>(outbox), _notices, clock);
        var stores = Opened(new MemoryManager(opener.OpenAsync, await router.EpochAsync(cancellation)));
        var textIndex = await opening;
        var writer = new MemoryWriter(stores, log, router, textIndex, config.GuardOptions, clock);
        Opened(new FinalCheckpoint(stores, writer));
        var recall = config.RecallOptions;
        var privacy = new PrivacySettings(control);
        if ((await privacy.UnconfirmedAsync(cancellation)).Count is > 0 and var unconfirmed) _notices.Add("hosting.unconfirmed", unconfirmed);
        var channels = new ChannelSettings(control);
        var upkeep = Opened(new TextIndexUpkeep(textIndex, writer, log, RetryLoopOf<TextIndexUpkeep>(outbox), loggers.CreateLogger<TextIndexUpkeep>()));
        var worker = new CaptureWorker(outbox, writer, textIndex, upkeep.Done, capture, clock, loggers.CreateLogger<CaptureWorker>());
        var remover = new MemoryRemover(stores, writer);
        var eraser = new Eraser(control, outbox, channels, remover, places);
        // A forgetting that a crash has interrupted is finished before anything can be captured or asked.
        await eraser.ResumeAsync(cancellation);
        upkeep.Begin();
        return new MnemoRuntime(_opened, upkeep)
        {
            Config = config,
            Strings = _strings,
            Clock = clock,
            Control = control,
            Router = router,
            Outbox = outbox,
            Privacy = privacy,
            Sessions = new SessionDirectory(control),
            Channels = channels,
            Stores = stores,
            TextIndex = textIndex,
            Writer = writer,
            Log = log,
            Intake = new Intake(outbox, privacy, channels, capture.MaxMessageLength),
            Worker = worker,
            RecallOptions = recall,
            Recaller = new Recaller(stores, textIndex, privacy, recall, clock),
            Remover = remover,
            Eraser = eraser,
            Notices = _notices,
        };
    }

    private RetryLoop RetryLoopOf<T>(Outbox outbox) => new(outbox, clock, loggers.CreateLogger<T>());

    private async Task<ControlStore> OpenControlAsync(CancellationToken cancellation)
    {
        var path = ControlPresence.PathIn(config.DataDirectory);
        try
        {
            var control = await ControlStore.OpenAsync(path, clock, cancellation);
            // The control state is well, so what an unfinished recovery has left is of no use any more.
            ControlRecovery.Discard(path);
            if (control.Loss is { } loss) _notices.AddLine(LossText.Of(loss, _strings));
            return control;
        }
        catch (ControlStoreException e) when (e.IsDamage)
        {
            throw new ControlStoreException(_strings["hosting.state_damaged", path], e);
        }
    }

    private T Opened<T>(T part)
        where T : IAsyncDisposable
    {
        _opened.Push(part);
        return part;
    }

    private T Closed<T>(T part)
        where T : IDisposable
    {
        _opened.Push(new SyncPart(part));
        return part;
    }

    /// <summary>A part that may still be opening when it has to be closed.</summary>
    private sealed class PendingPart(Task<TextIndex> opening) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Task.WhenAny(opening);
            if (opening.IsCompletedSuccessfully) await (await opening).DisposeAsync();
        }
    }

    /// <summary>At a clean end the store gets its mark, so that the next start has nothing to read again.</summary>
    private sealed class FinalCheckpoint(MemoryManager stores, MemoryWriter writer) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (!stores.Opened.IsCompletedSuccessfully || !writer.NeedsCheckpoint) return;
            try
            {
                using var ticket = await writer.BeginAsync(CancellationToken.None);
                await writer.CheckpointAsync(ticket, CancellationToken.None);
            }
            catch (Exception e) when (e is MemoryStoreException or ControlStoreException)
            {
                // The next start reads again what was written since the last one.
            }
        }
    }

    private sealed class SyncPart(IDisposable part) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            part.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
