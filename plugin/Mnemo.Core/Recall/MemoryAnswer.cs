using Mnemo.Memories;
using Mnemo.Text;

namespace Mnemo.Recall;

/// <summary>Chooses what to answer when there is no model: the memory that holds what was asked for, or none.</summary>
public static class MemoryAnswer
{
    private const int MostOthers = 2;

    /// <summary>How near to the best another memory must come to be told too.</summary>
    private const float OthersShare = 0.8f;

    /// <summary>The memory to answer with; null means "I don't know".</summary>
    public static AnswerPick? Pick(RecallQuery query, RecallResult result, RecallOptions options)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(options);
        var asked = query.Text.Trim();
        var aboutAsker = query.Asker is not null && QuestionFocus.IsAboutAsker(query.Text);
        var fit = result.Hits
            .Where(h => h.Coverage >= options.ConfidenceFloor && h.Memory.Text.Trim() != asked && !Questions.IsOnlyQuestions(h.Memory.Text))
            .Where(h => !aboutAsker || IsAbout(query.Asker!, h.Memory))
            .OrderByDescending(h => h.Coverage + h.Score / 4)
            .ToList();
        if (fit.Count == 0) return null;
        var best = fit[0];
        var others = fit.Skip(1).Where(h => h.Coverage >= best.Coverage * OthersShare).Take(MostOthers).Select(h => h.Memory);
        return new AnswerPick(best.Memory, [.. others], best.Coverage);
    }

    // "My dog" is the asker's: told by the asker, or about the asker by name.
    private static bool IsAbout(Speaker asker, Memory memory) => memory.Speaker.Id == asker.Id
        || (Tokens.Of(asker.Name) is { Count: > 0 } name && name.All(Tokens.Of(memory.Text).Contains));
}

/// <summary>What to answer with.</summary>
/// <param name="Memory">The memory that answers.</param>
/// <param name="Others">One or two more that come near.</param>
/// <param name="Confidence">0 to 1: how much of the question it holds.</param>
public sealed record AnswerPick(Memory Memory, IReadOnlyList<Memory> Others, float Confidence);
