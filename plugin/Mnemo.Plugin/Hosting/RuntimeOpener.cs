using Microsoft.Extensions.Logging;
using Mnemo.Capture;
using Mnemo.Embedding;
using Mnemo.Indexing;
using Mnemo.Plugin.Config;
using Mnemo.Plugin.Localization;
using Mnemo.Privacy;
using Mnemo.Recall;
using Mnemo.State;
using Mnemo.Storage;
using Mnemo.Writing;

namespace Mnemo.Plugin.Hosting;

/// <summary>
/// Opens the parts in their order: lock, control state, words beside it. The store is opened behind them, because
/// messages are taken without it. What was opened is closed when a later part fails.
/// </summary>
internal sealed class RuntimeOpener(MnemoConfig config, TimeProvider clock, ILoggerFactory loggers, IReadOnlyList<ErasureTarget> places)
{
    private readonly Stack<IAsyncDisposable> _opened = new();
    private readonly Strings _strings = Strings.For(config.Language);
    private readonly List<string> _notices = [];

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
        var embedder = new LocalEmbedder(config.EmbeddingDimension);
        var router = new StoreRouter(control);
        var opener = new StoreOpener(config, router, await router.GetAsync(cancellation), embedder.Fingerprint, RetryLoopOf<StoreOpener>(outbox), clock);
        if (opener.Overruling is { } route) Notice("hosting.router_wins", route.Backend, route.Collection, route.Since, config.Backend.Name, config.Collection);
        var stores = Opened(new MemoryManager(opener.OpenAsync));
        var textIndex = await opening;
        var writer = new MemoryWriter(stores, textIndex, config.GuardOptions);
        var recall = config.RecallOptions;
        var privacy = new PrivacySettings(control);
        if ((await privacy.UnconfirmedAsync(cancellation)).Count is > 0 and var unconfirmed) Notice("hosting.unconfirmed", unconfirmed);
        var channels = new ChannelSettings(control);
        var upkeep = Opened(new TextIndexUpkeep(textIndex, stores, RetryLoopOf<TextIndexUpkeep>(outbox), loggers.CreateLogger<TextIndexUpkeep>()));
        var worker = Closed(new CaptureWorker(outbox, stores, writer, textIndex, upkeep.Done, embedder, embedder.Fingerprint, capture, clock, loggers.CreateLogger<CaptureWorker>()));
        var remover = new MemoryRemover(stores, writer, worker.PauseAsync);
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
            Embedder = embedder,
            Intake = new Intake(outbox, privacy, channels, capture.MaxMessageLength),
            Worker = worker,
            RecallOptions = recall,
            Recaller = new Recaller(stores, textIndex, embedder, privacy, recall, clock),
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
            if (control.Loss is { } loss) Notice(LossText.Of(loss, _strings));
            return control;
        }
        catch (ControlStoreException e) when (e.IsDamage)
        {
            throw new ControlStoreException(_strings["hosting.state_damaged", path], e);
        }
    }

    private void Notice(string key, params object[] details) => Notice(_strings[key, details]);

    private void Notice(string line)
    {
        _notices.Add(line);
        loggers.CreateLogger<MnemoRuntime>().LogWarning("{Notice}", line);
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

    private sealed class SyncPart(IDisposable part) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            part.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
