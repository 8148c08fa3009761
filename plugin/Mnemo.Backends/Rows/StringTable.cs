namespace Mnemo.Backends.Rows;

/// <summary>Numbers for the texts that many rows share, so that a row holds four bytes for each and compares by number.</summary>
internal sealed class StringTable
{
    public const int Unknown = -1;
    private readonly Dictionary<string, int> _codes = new(StringComparer.Ordinal);
    private readonly List<string> _texts = [];

    public int Count => _texts.Count;

    public string this[int code] => _texts[code];

    /// <summary>The number of a text, given on first sight.</summary>
    public int Add(string text)
    {
        if (_codes.TryGetValue(text, out var code)) return code;
        _codes.Add(text, _texts.Count);
        _texts.Add(text);
        return _texts.Count - 1;
    }

    /// <summary>The number of a text; <see cref="Unknown"/> when no row has it.</summary>
    public int Find(string text) => _codes.GetValueOrDefault(text, Unknown);

    public string[] ToArray() => [.. _texts];
}
