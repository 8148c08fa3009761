using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Mnemo.Bench.Vectors;

/// <summary>FAISS in a Python of its own: a question on a line in, the time of the bare search and the ids out.</summary>
internal sealed class FaissPeer : IDisposable
{
    /// <summary>Names the Python that has faiss.</summary>
    public const string Variable = "MNEMO_TEST_FAISS_PYTHON";

    private const string Script = """
        import base64, json, sys, time
        import faiss, numpy
        faiss.omp_set_num_threads(1)
        index = faiss.read_index(sys.argv[1])
        print(json.dumps({"version": faiss.__version__}), flush=True)
        for line in sys.stdin:
            top, encoded = line.split()
            query = numpy.frombuffer(base64.b64decode(encoded), dtype="float32").reshape(1, -1)
            start = time.perf_counter()
            _, ids = index.search(query, int(top))
            print(json.dumps({"ms": 1000 * (time.perf_counter() - start), "ids": ids[0].tolist()}), flush=True)
        """;

    private readonly Process _process;

    private FaissPeer(Process process, string version) => (_process, Version) = (process, version);

    public static string Python => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : "/usr/bin/python3";

    public string Version { get; }

    /// <summary>Opens an index; null when there is no such Python.</summary>
    public static async Task<FaissPeer?> StartAsync(string index, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Python) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-c", Script, index]) start.ArgumentList.Add(argument);
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }

        if (await process.StandardOutput.ReadLineAsync(cancellation) is { } line)
        {
            using var json = JsonDocument.Parse(line);
            return new FaissPeer(process, json.RootElement.GetProperty("version").GetString()!);
        }

        process.Dispose();
        return null;
    }

    public async Task<(double Milliseconds, long[] Ids)> SearchAsync(float[] query, int top, CancellationToken cancellation)
    {
        await _process.StandardInput.WriteLineAsync($"{top} {Convert.ToBase64String(MemoryMarshal.AsBytes(query.AsSpan()))}".AsMemory(), cancellation);
        await _process.StandardInput.FlushAsync(cancellation);
        using var json = JsonDocument.Parse(await _process.StandardOutput.ReadLineAsync(cancellation) ?? throw new InvalidOperationException("FAISS has gone."));
        return (json.RootElement.GetProperty("ms").GetDouble(), [.. json.RootElement.GetProperty("ids").EnumerateArray().Select(i => i.GetInt64())]);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000)) _process.Kill();
        _process.Dispose();
    }
}
