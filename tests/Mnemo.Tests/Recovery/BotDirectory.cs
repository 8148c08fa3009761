using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Plugin;
using Mnemo.Plugin.Commands;
using Mnemo.Plugin.Config;
using Mnemo.Plugin.Hosting;
using Mnemo.Localization;
using Mnemo.Plugin.Recovery;
using Mnemo.Tests.Harness;
using Mnemo.Transfer;
using Xunit;

namespace Mnemo.Tests.Recovery;

/// <summary>A data directory on the default store, in which bots are started one after the other.</summary>
internal sealed class BotDirectory(string language = Strings.English) : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private int _said;

    public static CancellationToken Now => TestContext.Current.CancellationToken;

    public string Path => System.IO.Path.Combine(_scratch.Path, "data");

    public string Control => System.IO.Path.Combine(Path, "control.db");

    /// <summary>What the configuration says; it may change between two bots.</summary>
    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal) { ["MNEMO_LANGUAGE"] = language };

    public MnemoConfig Config => ConfigFile.Load(null, Path, Variables, _scratch.Path).Config!;

    public static MemoryScope In(string channel, string who) => new("console", "console", channel, who);

    /// <summary>Runs a bot from its start to its stop.</summary>
    public Task<T> RunAsync<T>(Func<MnemoRuntime, Task<T>> work) => RunAsync(services => work(services.GetRequiredService<MnemoRuntime>()));

    private async Task<T> RunAsync<T>(Func<IServiceProvider, Task<T>> work)
    {
        var builder = MnemoServices.CreateHost(Config);
        builder.Services.AddSingleton<TimeProvider>(_clock);
        using var host = builder.Build();
        await host.StartAsync(Now);
        try
        {
            await host.Services.GetRequiredService<MnemoRuntime>().Stores.Opened.WaitAsync(Now);
            return await work(host.Services);
        }
        finally
        {
            await host.StopAsync(Now);
            _clock.Advance(TimeSpan.FromMinutes(1));
        }
    }

    public Task RunAsync(Func<MnemoRuntime, Task> work) => RunAsync(async runtime =>
    {
        await work(runtime);
        return true;
    });

    /// <summary>What the operator reads after a command.</summary>
    public Task<string> CommandAsync(string line) => RunAsync(async services =>
    {
        var caller = new CommandCaller(In("general", "root"), new Speaker("root", "root"), IsAdmin: true);
        return Text(await services.GetRequiredService<CommandRunner>().RunTextAsync(line, caller, "command", Strings.For(language), Now));
    });

    public async Task<IntakeOutcome> SayAsync(MnemoRuntime runtime, string who, string text)
        => (await runtime.Intake.AcceptAsync(new ChatMessage($"m{++_said}", In("general", who), new Speaker(who, who.ToUpperInvariant()), text, At: null), Now)).Outcome;

    /// <summary>Ana and Ben have said something, Ben has opted out, Carl was forgotten; an export from before that is at the returned path.</summary>
    public async Task<string> FillAsync()
    {
        var export = System.IO.Path.Combine(_scratch.Path, "old.jsonl");
        await RunAsync(async runtime =>
        {
            await SayAsync(runtime, "ana", "My dog is called Biscuit.");
            await SayAsync(runtime, "ben", "My cat is called Dumpling.");
            await SayAsync(runtime, "carl", "My horse is called Rocinante.");
            await runtime.Worker.DrainAsync(Now);
            await new JsonlExporter(runtime.Stores).ExportAsync(export, MemoryFilter.Everything, null, Now);
            await runtime.Privacy.SetAsync("console", "ben", Mnemo.State.PrivacyMode.Off, Now);
            await runtime.Eraser.ForgetAsync(new Mnemo.Privacy.PersonKey("console", "carl"), null, Now);
        });
        return export;
    }

    /// <summary>Leaves messages in the outbox as a bot does that is killed, in files of the control state alone.</summary>
    public async Task LeaveWaitingAsync(int count)
    {
        var copy = Directory.CreateTempSubdirectory("mnemo-killed-").FullName;
        await using (var control = await Mnemo.State.ControlStore.OpenAsync(Control, _clock, Now))
        {
            var outbox = new Outbox(control);
            for (var i = 0; i < count; i++) await outbox.EnqueueAsync(new ChatMessage($"w{i}", In("general", "ana"), new Speaker("ana", "Ana"), $"Waiting line {i}.", At: null), Now);
            foreach (var file in Files()) File.Copy(file, System.IO.Path.Combine(copy, System.IO.Path.GetFileName(file)));
        }

        foreach (var file in Directory.GetFiles(copy)) File.Copy(file, System.IO.Path.Combine(Path, System.IO.Path.GetFileName(file)), overwrite: true);
        Directory.Delete(copy, recursive: true);

        string[] Files() => [.. Directory.GetFiles(Path, "control.*").Where(f => !f.EndsWith("-shm", StringComparison.Ordinal))];
    }

    /// <summary>Every file but the log, with its contents.</summary>
    public Dictionary<string, string> Snapshot() => Directory.GetFiles(Path, "*", SearchOption.AllDirectories)
        .Where(file => !file.Contains("/logs/", StringComparison.Ordinal) && System.IO.Path.GetFileName(file) is not ("mnemo.lock" or "lock"))
        .ToDictionary(file => file, file => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file))), StringComparer.Ordinal);

    public Task<CommandReply> RecoverAsync(bool isConfirmed = false, bool emptyStore = false, params IReadOnlyList<string> optIn)
        => RecoverCommand.RunAsync(Config, new RecoveryOptions(isConfirmed, emptyStore, optIn.Count == 0 ? null : optIn), _clock, Now);

    /// <summary>Takes the store that is there as it is.</summary>
    public Task<CommandReply> AcceptAsync(bool isConfirmed) => RecoverCommand.RunAsync(Config, new RecoveryOptions(isConfirmed) { Accept = true }, _clock, Now);

    public static string Text(CommandReply reply) => string.Join('\n', PlainReplies.Render(reply));

    public static Task<ImportReport> ImportAsync(MnemoRuntime runtime, string file)
    {
        var importer = new JsonlImporter(runtime.Stores, runtime.Writer, runtime.Eraser.Ledger, runtime.Clock);
        return importer.ImportAsync(new MemoryStream(File.ReadAllBytes(file)), new ImportOptions(), null, Now);
    }

    public void Dispose() => _scratch.Dispose();
}
