using System.Text;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace Mnemo.Plugin.Hosting;

/// <summary>
/// A log file that is rolled over by size and whose current part always has the same name: mnemo.log is now, then
/// mnemo.1.log, mnemo.2.log, … going back. (Serilog's own file sink numbers the newer parts.)
/// </summary>
internal sealed class RollingLog : ILogEventSink, IDisposable
{
    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly long _maxBytes;
    private readonly int _files;
    private readonly ITextFormatter _formatter;
    private FileStream? _file;

    public RollingLog(string path, long maxBytes, int files, ITextFormatter formatter) =>
        (_path, _maxBytes, _files, _formatter) = (path, maxBytes, files, formatter);

    public void Emit(LogEvent logEvent)
    {
        lock (_gate)
        {
            if (_file is not null && _file.Length >= _maxBytes)
            {
                Close();
                Shift();
            }

            _file ??= Open();
            using var text = new StringWriter();
            _formatter.Format(logEvent, text);
            Append(_file, Encoding.UTF8.GetBytes(text.ToString()));
        }
    }

    public void Dispose()
    {
        lock (_gate) Close();
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    // On a full disk half a line may fit; the next one would be joined to it.
    private static void Append(FileStream file, byte[] line)
    {
        var before = file.Length;
        try
        {
            file.Write(line);
        }
        catch (IOException)
        {
            file.SetLength(before);
            throw;
        }
    }

    private FileStream Open()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        if (File.Exists(_path) && new FileInfo(_path).Length >= _maxBytes) Shift();

        // Without a buffer nothing is left over to fail once more at the end when the disk is full.
        return new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    }

    /// <summary>Every part grows one older; the oldest goes.</summary>
    private void Shift()
    {
        if (_files == 1)
        {
            File.Delete(_path);
            return;
        }

        for (var age = _files - 1; age > 0; age--)
        {
            var younger = age == 1 ? _path : Older(age - 1);
            if (File.Exists(younger)) File.Move(younger, Older(age), overwrite: true);
        }
    }

    private string Older(int age) => Path.ChangeExtension(_path, $".{age}.log");
}
