namespace Mnemo.Vectors;

/// <summary>A file is not a FAISS index that can be read here: damaged, cut short, or of another type.</summary>
public sealed class FaissFormatException : IOException
{
    /// <summary>Says what is wrong with which file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">What is wrong, as a clause.</param>
    /// <param name="inner">What was thrown below, if anything.</param>
    public FaissFormatException(string path, string problem, Exception? inner = null)
        : base($"'{Path.GetFileName(path)}' cannot be read as a FAISS index: {problem}.", inner)
    {
        FilePath = path;
        Problem = problem;
    }

    /// <summary>The file.</summary>
    public string FilePath { get; }

    /// <summary>What is wrong with it.</summary>
    public string Problem { get; }
}
