namespace Mnemo.Memories;

/// <summary>What keeps a memory from being stored: a key of the texts, whose first placeholder is the memory's id, and the rest of its arguments.</summary>
public sealed class RecordFlaw(string text, params object?[] arguments)
{
    /// <summary>The key.</summary>
    public string Text => text;

    /// <summary>What the placeholders after the first stand for.</summary>
    public IReadOnlyList<object?> Arguments => arguments;
}
