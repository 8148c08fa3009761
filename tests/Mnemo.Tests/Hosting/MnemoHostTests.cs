using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Plugin;
using Mnemo.Plugin.Config;
using Mnemo.Plugin.Hosting;
using Mnemo.Recall;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Hosting;

public sealed class MnemoHostTests : IDisposable
{
    private static readonly MemoryScope Here = new("console", "console", "general", "ana");
    private static readonly Speaker Ana = new("ana", "Ana");
    private readonly ScratchDirectory _scratch = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task What_is_said_is_recalled_and_still_is_after_a_restart()
    {
        using (var host = await StartAsync())
        {
            var mnemo = Runtime(host);
            await mnemo.Intake.AcceptAsync(new ChatMessage("1", Here, Ana, "My dog is called Biscuit.", At: null), Now);
            // No drain: stopping the host stores what waits.
            await host.StopAsync(Now);
        }

        using var again = await StartAsync();
        await Runtime(again).TextIndexReady.WaitAsync(Now);
        Assert.Equal(0, (await Runtime(again).Outbox.StatusAsync(Now)).Pending);
        var found = await Runtime(again).Recaller.RecallAsync(new RecallQuery(Here, Ana, "What is my dog called?"), Now);
        Assert.Equal("My dog is called Biscuit.", found.Hits[0].Memory.Text);
        await again.StopAsync(Now);
    }

    [Fact]
    public async Task A_host_that_stops_while_its_text_index_is_rebuilt_still_stores_what_it_heard()
    {
        using (var host = await StartAsync())
        {
            var intake = Runtime(host).Intake;
            await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => intake.AcceptAsync(new ChatMessage($"m{i}", Here, Ana, $"Parcel {i} lies on shelf {i * 7}.", At: null), Now)));
            await host.StopAsync(Now);
        }

        foreach (var file in Directory.GetFiles(_scratch.Path, "words.db*", SearchOption.AllDirectories)) File.Delete(file);
        using (var hasty = await StartAsync())
        {
            await Runtime(hasty).Intake.AcceptAsync(new ChatMessage("last", Here, Ana, "My dog is called Biscuit.", At: null), Now);
            Assert.False(Runtime(hasty).TextIndexReady.IsCompleted, "The rebuild was over before the host could be stopped; the test needs more memories.");
            await hasty.StopAsync(Now);
            Assert.Equal(0, (await Runtime(hasty).Outbox.StatusAsync(Now)).Pending);
        }
    }

    [Fact]
    public async Task What_is_said_while_the_store_cannot_be_opened_is_kept_for_the_next_start()
    {
        using (var host = await StartAsync())
        {
            await Runtime(host).Intake.AcceptAsync(new ChatMessage("1", Here, Ana, "My dog is called Biscuit.", At: null), Now);
            await host.StopAsync(Now);
        }

        var records = Assert.Single(Directory.GetFiles(_scratch.Path, "records-*.db", SearchOption.AllDirectories));
        var whole = await File.ReadAllBytesAsync(records, Now);
        await File.WriteAllBytesAsync(records, [], Now);
        using (var host = await StartAsync())
        {
            var receipt = await Runtime(host).Intake.AcceptAsync(new ChatMessage("2", Here, Ana, "My cat is called Dumpling.", At: null), Now);
            Assert.Equal(IntakeOutcome.Accepted, receipt.Outcome);
            var reason = await Assert.ThrowsAsync<MemoryStoreException>(() => Runtime(host).Stores.Opened);
            Assert.Contains("restore the directory from a backup", reason.Message, StringComparison.Ordinal);
            var stopping = new TaskCompletionSource();
            host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
            await stopping.Task.WaitAsync(Now);
            await host.StopAsync(Now);
        }

        await File.WriteAllBytesAsync(records, whole, Now);
        using var again = await StartAsync();
        await Runtime(again).Worker.DrainAsync(Now);
        var found = await Runtime(again).Recaller.RecallAsync(new RecallQuery(Here, Ana, "What is my cat called?"), Now);
        Assert.Equal("My cat is called Dumpling.", found.Hits[0].Memory.Text);
        await again.StopAsync(Now);
    }

    [Fact]
    public async Task One_process_owns_the_data_directory_until_its_host_is_gone()
    {
        using (var first = await StartAsync())
        {
            using var second = Build();
            var held = await Assert.ThrowsAsync<DataDirectoryHeldException>(() => second.StartAsync(Now));
            Assert.Equal(Environment.ProcessId, held.Pid);
            await first.StopAsync(Now);
        }

        using var third = await StartAsync();
        await third.StopAsync(Now);
    }

    [Fact]
    public async Task The_router_wins_over_the_configuration_and_says_so_once()
    {
        using (var first = await StartAsync()) await first.StopAsync(Now);
        using (var second = await StartAsync(o => o.Settings["collection_name"] = "other"))
        {
            Assert.Equal(StoreSettings.DefaultCollection, (await Runtime(second).Stores.ActiveAsync(Now)).Settings.Collection);
            Assert.Contains("set the configuration back", Assert.Single(Runtime(second).Notices.Lines), StringComparison.Ordinal);
            await second.StopAsync(Now);
        }

        Assert.Contains(" Warning StartNotices: The active store is ", await File.ReadAllTextAsync(MnemoLogging.PathIn(_scratch.Path), Now), StringComparison.Ordinal);
        using var third = await StartAsync();
        Assert.Empty(Runtime(third).Notices.Lines);
        await third.StopAsync(Now);
    }

    [Fact]
    public async Task A_healthy_bot_says_so_in_four_checks()
    {
        using var host = await StartAsync();
        await Runtime(host).TextIndexReady.WaitAsync(Now);
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Now);
        Assert.Equal(["disk", "outbox", "store", "text-index"], report.Entries.Keys.Order(StringComparer.Ordinal));
        Assert.All(report.Entries.Where(e => e.Key != "disk"), e => Assert.Equal(HealthStatus.Healthy, e.Value.Status));
        Assert.All(report.Entries, e => Assert.False(string.IsNullOrEmpty(e.Value.Description)));
        await host.StopAsync(Now);
    }

    [Fact]
    public async Task A_start_that_fails_leaves_nothing_held()
    {
        await File.WriteAllTextAsync(Path.Combine(_scratch.Path, "control.db"), "this is no database, and a start must say so in words", Now);
        using (var host = Build()) await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(Now));
        DataDirectoryLock.Take(_scratch.Path).Dispose();
    }

    [Fact]
    public void A_wrong_setting_in_code_is_told_like_one_in_a_file()
    {
        var wrong = Assert.Throws<ConfigException>(() => new ServiceCollection().AddMnemo(o =>
        {
            o.DataDirectory = _scratch.Path;
            o.Settings["language"] = "en";
            o.Settings["top_k"] = "many";
            o.Settings["topk"] = "1";
        }));
        Assert.Equal(2, wrong.Problems.Count);
        Assert.Contains("topk: there is no such setting. Did you mean top_k?", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_runtime_is_not_there_before_the_host_has_started()
    {
        using var host = Build();
        Assert.Contains("start the host first", Assert.Throws<InvalidOperationException>(() => Runtime(host)).Message, StringComparison.Ordinal);
    }

    private static MnemoRuntime Runtime(IHost host) => host.Services.GetRequiredService<MnemoRuntime>();

    private IHost Build(Action<MnemoOptions>? configure = null)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddMnemo(o =>
        {
            o.DataDirectory = _scratch.Path;
            o.Settings["language"] = "en";
            configure?.Invoke(o);
        });
        return builder.Build();
    }

    private async Task<IHost> StartAsync(Action<MnemoOptions>? configure = null)
    {
        var host = Build(configure);
        await host.StartAsync(Now);
        return host;
    }
}
