namespace Mnemo.Vectors;

/// <summary>A vector segment, or one row of it, is damaged.</summary>
public sealed class SegmentFormatException : IOException
{
    /// <summary>Says what is wrong with which file.</summary>
    public SegmentFormatException(string path, string problem)
        : base($"The vector segment '{Path.GetFileName(path)}' is damaged: {problem}.") => FilePath = path;

    /// <summary>The file.</summary>
    public string FilePath { get; }
}
