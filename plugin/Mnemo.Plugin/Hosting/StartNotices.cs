using Microsoft.Extensions.Logging;
using Mnemo.Localization;

namespace Mnemo.Plugin.Hosting;

/// <summary>What the operator should know since the start, one line each, said once; some of it only once the store is open.</summary>
public sealed partial class StartNotices(Strings strings, ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];

    /// <summary>The lines so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate) return [.. _lines];
        }
    }

    /// <summary>Says something, unless it was said already.</summary>
    public void Add(string text, params object?[] arguments) => AddLine(strings[text, arguments]);

    /// <summary>The same with a line that is made already.</summary>
    public void AddLine(string line)
    {
        lock (_gate)
        {
            if (_lines.Contains(line)) return;
            _lines.Add(line);
        }

        LogNotice(line);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Notice}")]
    private partial void LogNotice(string notice);
}
