using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Plugin.Config;
using Mnemo.Plugin.Hosting;
using Mnemo.State;
using Mnemo.Storage;
using Mnemo.Tests.Commands;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Hosting;

public sealed class MnemoLoggingTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Lines_name_the_place_the_command_and_the_job_they_are_about()
    {
        using (var services = Build("information"))
        {
            var logger = services.GetRequiredService<ILogger<MnemoLoggingTests>>();
            using (logger.ForPlace(new MemoryScope("console", "guild", "general", "ana")))
            using (logger.ForCommand("me forget"))
            using (logger.ForJob("job-7")) logger.LogInformation("Worked");
            logger.LogInformation("Rested");
        }

        var lines = File.ReadAllLines(MnemoLogging.PathIn(_scratch.Path));
        Assert.EndsWith(" Information MnemoLoggingTests: Worked guild=guild channel=general command=me forget job=job-7", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(" Information MnemoLoggingTests: Rested", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_fails_is_logged_with_the_place_and_the_command_and_a_private_chat_without_the_person()
    {
        await using var bot = await TestBot.StartAsync();
        await bot.RunAsync(TestBot.Member("ana"), "/memory me forget --confirm");
        await bot.Runtime.Control.WriteAsync(c => c.Execute("DROP TABLE settings"), TestContext.Current.CancellationToken);
        await bot.RunAsync(TestBot.Member("ben", "general"), "/memory list");
        await Assert.ThrowsAsync<ControlStoreException>(() => bot.ChatResponder.AnswerAsync(
            new ChatMessage("q", TestBot.Member("ben", "kitchen").Scope, new Speaker("ben", "ben"), "What is my dog called?", null), TestContext.Current.CancellationToken));

        var log = await File.ReadAllTextAsync(MnemoLogging.PathIn(bot.DataDirectory), TestContext.Current.CancellationToken);
        Assert.Contains("Information CommandRunner: Erasing succeeded guild=@direct command=me forget job=erase\n", log, StringComparison.Ordinal);
        Assert.Contains("Error CommandRunner: Command list failed guild=console channel=general command=list\n", log, StringComparison.Ordinal);
        Assert.Contains("Error ChatResponder: A question could not be answered guild=console channel=kitchen\n", log, StringComparison.Ordinal);
        Assert.DoesNotContain("@ana", log, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_foreign_exception_the_log_has_the_type_and_the_stack_but_never_the_message()
    {
        using (var services = Build("information"))
        {
            var logger = services.GetRequiredService<ILogger<MnemoLoggingTests>>();
            string[] twice = ["My dog is called Biscuit.", "My dog is called Biscuit."];
            var foreign = Record.Exception(() => twice.ToDictionary(text => text, StringComparer.Ordinal))!;
            logger.LogError(new MemoryStoreException(new AggregateException(foreign), StoreErrorKind.Unavailable, "faiss", "upsert", "The disk is full."), "Storing failed");
        }

        var log = File.ReadAllText(MnemoLogging.PathIn(_scratch.Path));
        Assert.Contains("Mnemo.Storage.MemoryStoreException: The disk is full.", log, StringComparison.Ordinal);
        Assert.Matches(@"---> System\.AggregateException \(0x[0-9A-F]{8}\)\s+---> System\.ArgumentException \(0x[0-9A-F]{8}\)\s+at ", log);
        Assert.DoesNotContain("Biscuit", log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("debug", 4)]
    [InlineData("information", 3)]
    [InlineData("warning", 2)]
    [InlineData("error", 1)]
    public void The_configured_level_decides_what_is_written(string level, int lines)
    {
        using (var services = Build(level))
        {
            var logger = services.GetRequiredService<ILogger<MnemoLoggingTests>>();
            logger.LogDebug("Detail");
            logger.LogInformation("News");
            logger.LogWarning("Doubt");
            logger.LogError("Failure");
            services.GetRequiredService<ILoggerFactory>().CreateLogger("Microsoft.Extensions.Something").LogInformation("The framework's small talk");
        }

        Assert.Equal(lines, File.ReadAllLines(MnemoLogging.PathIn(_scratch.Path)).Length);
    }

    private ServiceProvider Build(string level)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["logging.level"] = level };
        return new ServiceCollection().AddMnemoLogFile(ConfigFile.FromValues(settings, _scratch.Path).Config!).BuildServiceProvider();
    }
}
