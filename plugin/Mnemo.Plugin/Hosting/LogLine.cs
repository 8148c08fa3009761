using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace Mnemo.Plugin.Hosting;

/// <summary>One event as lines of text: time, level spelled out, source, message, and the scopes it happened in; with the details of an exception, unless they stay in the file.</summary>
internal sealed class LogLine(bool hasDetails = true) : ITextFormatter
{
    // "l" writes text values as they are, without quotes.
    private static readonly MessageTemplateTextFormatter Message = new("{Message:lj}", CultureInfo.InvariantCulture);

    /// <summary>The scopes that are shown, in this order.</summary>
    public static readonly IReadOnlyList<string> Scopes = ["guild", "channel", "command", "job"];

    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write(logEvent.Timestamp.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        output.Write(' ');
        output.Write(logEvent.Level);
        if (Text(logEvent, "SourceContext") is { } source)
        {
            output.Write(' ');
            output.Write(source[(source.LastIndexOf('.') + 1)..]);
        }

        output.Write(": ");
        using (var message = new StringWriter())
        {
            Message.Format(logEvent, message);
            output.Write(message.ToString().ReplaceLineEndings(" "));
        }

        foreach (var scope in Scopes)
        {
            if (Text(logEvent, scope) is not { } value) continue;
            output.Write(' ');
            output.Write(scope);
            output.Write('=');
            output.Write(value.ReplaceLineEndings(" "));
        }

        output.WriteLine();
        if (hasDetails && logEvent.Exception is { } exception) Details(exception, output);
    }

    /// <summary>
    /// Types and stacks of all, but messages of our own only: those of the framework or of a package may quote the
    /// data that they stumbled over, as the key of a dictionary.
    /// </summary>
    private static void Details(Exception exception, TextWriter output)
    {
        var type = exception.GetType();
        output.Write(type.FullName);
        output.WriteLine(IsOurs(type) ? $": {exception.Message}" : string.Create(CultureInfo.InvariantCulture, $" (0x{exception.HResult:X8})"));
        if (exception.StackTrace is { } stack) output.WriteLine(stack);
        IReadOnlyList<Exception> causes = exception is AggregateException { InnerExceptions: var all } ? all : exception.InnerException is { } inner ? [inner] : [];
        foreach (var cause in causes)
        {
            output.Write(" ---> ");
            Details(cause, output);
        }
    }

    private static bool IsOurs(Type exception) => exception.Namespace is { } space && (space + ".").StartsWith("Mnemo.", StringComparison.Ordinal);

    private static string? Text(LogEvent logEvent, string property) =>
        logEvent.Properties.TryGetValue(property, out var value) && value is ScalarValue { Value: { } text } ? Convert.ToString(text, CultureInfo.InvariantCulture) : null;
}
