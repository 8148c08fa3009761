using System.Text.Json.Serialization;
using Mnemo.Transfer;

namespace Mnemo.Plugin.Local;

/// <summary>
/// A message between a shell and the running bot: one line of JSON. A connection carries one request. Bytes follow the
/// line of <see cref="Data"/> as they are.
/// <code>
/// shell → bot:  request, then data* end (of a file to import, against credits), cancel at any time
/// bot → shell:  refused, or accepted, notice*, progress*, more* (credits), data* end (the result), and last done, cancelled or failed
/// </code>
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Request), "request")]
[JsonDerivedType(typeof(Data), "data")]
[JsonDerivedType(typeof(End), "end")]
[JsonDerivedType(typeof(Cancel), "cancel")]
[JsonDerivedType(typeof(Accepted), "accepted")]
[JsonDerivedType(typeof(Refused), "refused")]
[JsonDerivedType(typeof(Notice), "notice")]
[JsonDerivedType(typeof(Progress), "progress")]
[JsonDerivedType(typeof(More), "more")]
[JsonDerivedType(typeof(Done), "done")]
[JsonDerivedType(typeof(Cancelled), "cancelled")]
[JsonDerivedType(typeof(Failed), "failed")]
internal abstract record LocalMessage
{
    /// <summary>The version of what is said here; a bot and a shell of different versions do not talk.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Pieces of a file that may be under way before the first of them is used up.</summary>
    public const int Window = 4;

    private LocalMessage()
    {
    }

    /// <summary>What the shell wants. Its values are settable, because one that may only be initialised loses its default where the line does not have it.</summary>
    public sealed record Request : LocalMessage
    {
        public int Version { get; set; }

        /// <summary>One of <see cref="RequestKind"/>.</summary>
        public string Kind { get; set; } = "";

        /// <summary>The command's path, for a command.</summary>
        public string Command { get; set; } = "";

        /// <summary>Options by name.</summary>
        public Dictionary<string, string> Arguments { get; set; } = [];

        public ShellCaller Caller { get; set; } = new("", "");
    }

    /// <summary>So many bytes follow.</summary>
    public sealed record Data(int Bytes) : LocalMessage;

    /// <summary>No more data.</summary>
    public sealed record End : LocalMessage;

    /// <summary>Whoever asked has thought better of it.</summary>
    public sealed record Cancel : LocalMessage;

    /// <summary>The request is understood and begins.</summary>
    public sealed record Accepted : LocalMessage;

    /// <summary>Nothing has begun; the reason is one of <see cref="RefusalReason"/>.</summary>
    public sealed record Refused(string Reason) : LocalMessage;

    /// <summary>A line that the operator should see.</summary>
    public sealed record Notice(string Text) : LocalMessage;

    /// <summary>How far it is.</summary>
    public sealed record Progress(TransferProgress Value) : LocalMessage;

    /// <summary>A piece of the file is used up; another one may come.</summary>
    public sealed record More : LocalMessage;

    /// <summary>Done; the result came as data.</summary>
    public sealed record Done(ExportReport? Export = null) : LocalMessage;

    /// <summary>Ended because it was cancelled, or because the bot is stopped.</summary>
    public sealed record Cancelled : LocalMessage;

    /// <summary>It failed; the text is for people.</summary>
    public sealed record Failed(string Text) : LocalMessage;
}

/// <summary>What can be asked for.</summary>
internal static class RequestKind
{
    public const string Command = "command", Import = "import", Export = "export";
}

/// <summary>Why a request is refused before anything has begun.</summary>
internal static class RefusalReason
{
    public const string Version = "version", Unknown = "unknown", Malformed = "malformed", Busy = "busy", User = "user", Stopping = "stopping", Silent = "silent";
}

/// <summary>The result of an import.</summary>
/// <param name="Report">What was done.</param>
/// <param name="Failure">Why it could not go on; null when it came to the end of the lines.</param>
internal sealed record ImportOutcome(ImportReport Report, string? Failure = null);

/// <summary>Who asks: whoever can start the program owns the data directory, so without a name it is the operator.</summary>
/// <param name="User">The name of their account.</param>
/// <param name="Language">The language that they read.</param>
/// <param name="Name">The person whom they act as; null for the operator.</param>
/// <param name="Channel">Where; null for the private chat.</param>
internal sealed record ShellCaller(string User, string Language, string? Name = null, string? Channel = null);

/// <summary>Turns messages and reports into JSON without looking at types at run time, so that a shell's command starts fast.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LocalMessage))]
[JsonSerializable(typeof(ImportOutcome))]
internal sealed partial class LocalJson : JsonSerializerContext;
