using Mnemo.Plugin.Hosting;
using Mnemo.Tests.Harness;
using Serilog;
using Serilog.Core;
using Xunit;

namespace Mnemo.Tests.Hosting;

public sealed class RollingLogTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_current_file_keeps_its_name_and_the_oldest_goes()
    {
        using (var log = Open(maxBytes: 200, files: 3))
        {
            for (var i = 0; i < 40; i++) log.Information("Line {Number} of the log, which is rolled over by its size", i);
        }

        var names = Directory.EnumerateFiles(Path.Combine(_scratch.Path, "logs")).Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(["mnemo.1.log", "mnemo.2.log", "mnemo.log"], names);
        Assert.Contains("Line 39", Read("mnemo.log"), StringComparison.Ordinal);
        var kept = string.Concat(Read("mnemo.2.log"), Read("mnemo.1.log"), Read("mnemo.log")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(40 - kept.Length, kept.Length), kept.Select(l => int.Parse(l.Split("Line ")[1].Split(' ')[0])));
    }

    [Fact]
    public void A_file_that_is_full_already_is_rolled_at_the_first_line()
    {
        for (var run = 0; run < 2; run++)
        {
            using var log = Open(maxBytes: 10, files: 2);
            log.Information("Run {Number}", run);
        }

        Assert.Contains("Run 0", Read("mnemo.1.log"), StringComparison.Ordinal);
        Assert.Contains("Run 1", Read("mnemo.log"), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_one_file_is_kept_when_one_is_asked_for()
    {
        using (var log = Open(maxBytes: 10, files: 1))
        {
            log.Information("First");
            log.Information("Second");
        }

        Assert.EndsWith("Information: Second\n", Read("mnemo.log"), StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFiles(Path.Combine(_scratch.Path, "logs")));
    }

    [Fact]
    public void A_line_says_time_level_source_and_scopes()
    {
        using (var log = Open(maxBytes: 1000, files: 2))
        {
            log.ForContext(Constants.SourceContextPropertyName, "Mnemo.Capture.CaptureWorker").ForContext("guild", "g").ForContext("channel", "c").ForContext("job", 7)
                .Warning("Stored {Rows} rows", 3);
        }

        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z Warning CaptureWorker: Stored 3 rows guild=g channel=c job=7\n$", Read("mnemo.log"));
    }

    private string Read(string name) => File.ReadAllText(Path.Combine(_scratch.Path, "logs", name));

    private Logger Open(long maxBytes, int files) => new LoggerConfiguration()
        .WriteTo.Sink(new RollingLog(MnemoLogging.PathIn(_scratch.Path), maxBytes, files, new LogLine())).CreateLogger();
}
