using Mnemo.Memories;

namespace Mnemo.Backends.Rows;

/// <summary>What the directory of rows knows of a memory: all that filters ask for but the text, and where its vector lies.</summary>
internal readonly record struct RowEntry(long Id, RowTexts Texts, long At, long RecordedAt, long ValidTo, RowPlace Place, float InverseNorm)
{
    /// <summary>Stands for no time.</summary>
    public const long Never = long.MinValue;

    public static RowEntry Of(Memory memory, RowPlace place, float inverseNorm, StringTable strings) => new(
        memory.Id.Value,
        RowTexts.Of(memory, strings),
        memory.At.ToUnixTimeMilliseconds(),
        memory.RecordedAt.ToUnixTimeMilliseconds(),
        memory.ValidTo?.ToUnixTimeMilliseconds() ?? Never,
        place,
        inverseNorm);

    /// <summary>The same row with the numbers of another table.</summary>
    public RowEntry Renumbered(IReadOnlyList<string> texts, StringTable strings)
    {
        var codes = Texts;
        for (var field = 0; field < RowTexts.Fields; field++) codes[field] = strings.Add(texts[codes[field]]);
        return this with { Texts = codes };
    }
}

/// <summary>The numbers of a row's texts, by <see cref="TextField"/>.</summary>
[System.Runtime.CompilerServices.InlineArray(Fields)]
internal struct RowTexts
{
    /// <summary>Platform to Kind; the text itself stays in the records.</summary>
    public const int Fields = (int)TextField.Kind + 1;

    private int _first;

    public static RowTexts Of(Memory memory, StringTable strings)
    {
        var texts = default(RowTexts);
        for (var field = 0; field < Fields; field++) texts[field] = strings.Add(MemoryFilter.Read(memory, (TextField)field));
        return texts;
    }
}

/// <summary>A vector's place.</summary>
internal readonly record struct RowPlace(int Segment, int Row);
