using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Xunit;

namespace Mnemo.Tests.Cli;

/// <summary>The built executable as somebody's shell would start it, with its streams redirected.</summary>
internal sealed class MnemoProcess : IAsyncDisposable
{
    private static readonly string Dll = Path.Combine(AppContext.BaseDirectory, "mnemo.dll");
    private readonly Process _process;
    private readonly Task<string> _errors;

    private MnemoProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public StreamReader Output => _process.StandardOutput;

    public StreamWriter Input => _process.StandardInput;

    public static MnemoProcess Start(string directory, params IReadOnlyList<string> arguments) => Start(directory, "dotnet", ["exec", Dll, .. arguments]);

    /// <summary>The same with variables of its own.</summary>
    public static MnemoProcess StartWith(IReadOnlyDictionary<string, string> environment, string directory, params IReadOnlyList<string> arguments) =>
        Start(directory, "dotnet", ["exec", Dll, .. arguments], environment);

    /// <summary>The same with its standard output going into a file.</summary>
    public static MnemoProcess StartInto(string file, string directory, params IReadOnlyList<string> arguments) =>
        Start(directory, "sh", ["-c", $"exec dotnet exec \"$@\" > {file}", "sh", Dll, .. arguments]);

    /// <summary>Runs a script to its end that may mount file systems of its own; its arguments are these and then the executable's file. Null where that is not possible.</summary>
    public static async Task<string?> RunMountingAsync(string directory, string script, params IReadOnlyList<string> arguments)
    {
        try
        {
            await using var process = Start(directory, "unshare", ["-rm", "sh", "-c", script, "sh", .. arguments, Dll]);
            var output = await process.Output.ReadToEndAsync(TestContext.Current.CancellationToken);
            return await process.EndAsync() == 0 ? output : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static MnemoProcess Start(string directory, string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false, WorkingDirectory = directory,
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false), StandardOutputEncoding = Encoding.UTF8, StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MNEMO_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C.UTF-8";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return new MnemoProcess(Process.Start(start)!);
    }

    /// <summary>Runs it to its end with these lines as its input.</summary>
    public static Task<(int Exit, string Output, string Errors)> RunAsync(string directory, string input, params IReadOnlyList<string> arguments)
        => RunAsync(directory, Encoding.UTF8.GetBytes(input), arguments);

    /// <summary>Runs it to its end with these bytes as its input.</summary>
    public static async Task<(int Exit, string Output, string Errors)> RunAsync(string directory, byte[] input, params IReadOnlyList<string> arguments)
    {
        await using var process = Start(directory, arguments);
        await process.Input.BaseStream.WriteAsync(input);
        return await process.FinishAsync();
    }

    /// <summary>Ends its input and lets it run to its end.</summary>
    public async Task<(int Exit, string Output, string Errors)> FinishAsync()
    {
        Input.Close();
        var output = await Output.ReadToEndAsync(TestContext.Current.CancellationToken);
        return (await EndAsync(), output, await _errors);
    }

    /// <summary>Sends a signal as a service manager or a terminal would.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", ["-" + name, $"{Id}"]) { UseShellExecute = false })!;
        kill.WaitForExit();
    }

    public Task<string> ErrorsAsync() => _errors;

    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
