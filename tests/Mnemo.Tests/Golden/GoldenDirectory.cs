using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Mnemo.Plugin;
using Mnemo.Plugin.Commands;
using Mnemo.Plugin.Config;
using Mnemo.Plugin.Hosting;
using Mnemo.Tests.Cli;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Golden;

/// <summary>A copy of a data directory that a former release left behind, and what that release exported of it.</summary>
internal sealed class GoldenDirectory : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly string _source;
    private readonly HashSet<string> _unstored;

    /// <param name="release">The commit of the release: a folder beside this file.</param>
    /// <param name="name">Which of its directories.</param>
    public GoldenDirectory(string release, string name)
    {
        _source = Path.Combine(Written.Root, "tests/Mnemo.Tests/Golden", release);
        Directory.CreateDirectory(Data);
        using (var packed = new GZipStream(File.OpenRead(Path.Combine(_source, name + ".tar.gz")), CompressionMode.Decompress))
            TarFile.ExtractToDirectory(packed, Data, overwriteFiles: false);
        Export = Lines(name);
        _unstored = Unstored();
    }

    /// <summary>The lines that the former release exported when it had been started on it.</summary>
    public IReadOnlyList<string> Export { get; }

    /// <summary>Messages that waited or had failed when it was left.</summary>
    public IReadOnlyCollection<string> UnstoredMessages => _unstored;

    /// <summary>What somebody who was forgotten had said: lines of an export from before.</summary>
    public string ForgottenLines => Path.Combine(_source, "forgotten.jsonl");

    private string Data => Path.Combine(_scratch.Path, "data");

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    /// <summary>Starts today's bot on it, does the work and stops it.</summary>
    public async Task RunAsync(Func<MnemoRuntime, CommandRunner, Task> work)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["MNEMO_LANGUAGE"] = "en" };
        using var host = MnemoServices.CreateHost(ConfigFile.Load(null, Data, environment, _scratch.Path).Config!).Build();
        await host.StartAsync(Now);
        await work(host.Services.GetRequiredService<MnemoRuntime>(), host.Services.GetRequiredService<CommandRunner>());
        await host.StopAsync(Now);
    }

    /// <summary>Runs a verb of today's program on it; returns what it printed.</summary>
    public async Task<string> VerbAsync(params IReadOnlyList<string> arguments)
    {
        var run = await MnemoProcess.RunAsync(_scratch.Path, "", [.. arguments, "--data", Data]);
        Assert.True(run.Exit == 0, run.Output + run.Errors);
        return run.Output;
    }

    /// <summary>Fails unless today's program exports the same lines in the same order.</summary>
    public async Task AssertExportIsTheSameAsync()
    {
        var path = Path.Combine(_scratch.Path, $"{Guid.NewGuid():N}.jsonl");
        await VerbAsync("export", path);
        var lines = await File.ReadAllLinesAsync(path, Now);
        Assert.Equal(Export.Select(IdOf), lines.Select(IdOf));
        Assert.All(Export.Zip(lines), pair => AssertSame(pair.First, pair.Second));
    }

    public void Dispose() => _scratch.Dispose();

    // A vector that is made only now may differ in its last bits from one that another processor made.
    private void AssertSame(string before, string now)
    {
        var (first, second) = (JsonNode.Parse(before)!.AsObject(), JsonNode.Parse(now)!.AsObject());
        if (first["sources"]?.AsArray().Any(source => _unstored.Contains((string)source!["id"]!)) is true)
        {
            Assert.InRange(Cosine(VectorOf(first), VectorOf(second)), 0.99999, 1.00001);
            first.Remove("vector");
            second.Remove("vector");
            (before, now) = (first.ToJsonString(), second.ToJsonString());
        }

        Assert.Equal(before, now);
    }

    private List<string> Lines(string name)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(_source, name + ".export.jsonl.gz")), CompressionMode.Decompress));
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    // Looked up in a copy: reading a database of a killed program changes the files beside it.
    private HashSet<string> Unstored()
    {
        using var copy = new ScratchDirectory();
        foreach (var file in Directory.EnumerateFiles(Data, "control.db*")) File.Copy(file, Path.Combine(copy.Path, Path.GetFileName(file)));
        using var connection = new SqliteConnection($"Data Source={Path.Combine(copy.Path, "control.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT message FROM outbox UNION SELECT message FROM failed";
        using var row = command.ExecuteReader();
        HashSet<string> messages = new(StringComparer.Ordinal);
        while (row.Read()) messages.Add(row.GetString(0));
        return messages;
    }

    private static string IdOf(string line) => (string)JsonNode.Parse(line)!["id"]!;

    private static float[] VectorOf(JsonObject line)
    {
        var bytes = Convert.FromBase64String((string)line["vector"]!);
        var vector = new float[bytes.Length / sizeof(float)];
        Buffer.BlockCopy(bytes, 0, vector, 0, bytes.Length);
        return vector;
    }

    private static double Cosine(float[] first, float[] second) => System.Numerics.Tensors.TensorPrimitives.CosineSimilarity<float>(first, second);
}
