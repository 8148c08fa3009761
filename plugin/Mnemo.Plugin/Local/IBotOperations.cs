using Mnemo.Plugin.Commands;
using Mnemo.Transfer;

namespace Mnemo.Plugin.Local;

/// <summary>What a shell can have done by a bot: the one in its own process, or the one that owns the data directory already.</summary>
internal interface IBotOperations
{
    /// <summary>Runs a command whose arguments are checked.</summary>
    Task<CommandReply> RunAsync(CommandDefinition command, CommandArguments arguments, ShellCaller caller, CancellationToken cancellation);

    /// <summary>Reads memories from a stream to its end.</summary>
    Task<ImportReport> ImportAsync(Stream input, ImportOptions options, ShellCaller caller, IProgress<TransferProgress> progress, CancellationToken cancellation);

    /// <summary>Writes every memory to a stream.</summary>
    Task<ExportReport> ExportAsync(Stream output, ShellCaller caller, IProgress<TransferProgress>? progress, CancellationToken cancellation);
}
