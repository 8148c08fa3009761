using System.Diagnostics;

namespace Mnemo.Torture;

/// <summary>Starts the real program, as a person would, on a data directory.</summary>
internal static class MnemoProcess
{
    /// <summary>Who talks, and who may ask for the doctor.</summary>
    public const string Speaker = "ana";

    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "mnemo.dll");

    public static Process Start(string data, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo(DotnetPath)
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(data)!,
        };
        start.ArgumentList.Add(Program);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.ArgumentList.Add("--data");
        start.ArgumentList.Add(data);
        start.Environment["MNEMO_ADMINS"] = Speaker;
        start.Environment["MNEMO_LANGUAGE"] = "en";
        return Process.Start(start) ?? throw new InvalidOperationException("The program does not start.");
    }

    /// <summary>Runs a verb to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string data, CancellationToken cancellation, params string[] arguments)
    {
        using var process = Start(data, arguments);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, await output, await errors);
    }

    private static string DotnetPath => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
}
