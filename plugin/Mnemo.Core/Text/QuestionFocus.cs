namespace Mnemo.Text;

/// <summary>What a question is about, read from its form: the asker or somebody else, and how much each of its words says.</summary>
internal static class QuestionFocus
{
    /// <summary>Words that frame a question more than they say what it is about.</summary>
    private const float FrameShare = 0.25f;

    /// <summary>A single Chinese character says less than a word of two.</summary>
    private const float SingleShare = 0.5f;

    /// <summary>A name in the question is what the answer must hold.</summary>
    private const float NameShare = 2f;

    private const string Function = "我你您他她它们咱的了是吗呢吧啊呀嘛哦呗哪谁什么怎几得着这那";
    private const string WeakAlone = "在有和与跟多少为何地过被把给对从到也都就还很太最要会能可个些时候请问告诉记知道说来去上下里之所以因而且但其不没一";
    private const string ChineseFrames = "叫名字称呼";

    private static readonly HashSet<string> FirstPerson = [.. "i my mine me myself i'm i've i'd i'll".Split(' ')];
    private static readonly HashSet<string> EmptyPairs = [.. "多少 时候 为何 如何 请问 告诉 记得 知道 没有 可以 一个 还有 因为 所以 但是 而且".Split(' ')];

    private static readonly HashSet<string> Frames =
    [
        .. "call name tell know rememb say mention talk many much long old time often kind type thing get go like want think ever last start come make give find use take".Split(' '),
    ];

    private static readonly char[] Between = [' ', ',', '.', '?', '!', ';', ':', '"', '(', ')', '\t', '\n'];

    /// <summary>Whether it asks about the asker alone: "my …", "我的…". What "we" do, any of us may have said.</summary>
    public static bool IsAboutAsker(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        for (var at = text.IndexOf('我', StringComparison.Ordinal); at >= 0; at = text.IndexOf('我', at + 1))
        {
            if (at + 1 == text.Length || text[at + 1] != '们') return true;
        }

        return LetterFolding.Fold(text).Split(Between, StringSplitOptions.RemoveEmptyEntries).Any(FirstPerson.Contains);
    }

    /// <summary>How much a term says about what is asked: 0 nothing, 1 as much as any word, 2 a name.</summary>
    public static Func<string, float> Shares(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var names = Names(text);
        return term => names.Contains(term) ? NameShare : Share(term);
    }

    private static float Share(string term)
    {
        if (!Tokens.IsIdeographic(term[0])) return Frames.Contains(term) ? FrameShare : 1;
        if (term.Any(c => Function.Contains(c, StringComparison.Ordinal)) || EmptyPairs.Contains(term)) return 0;
        var isFrame = term.Any(c => ChineseFrames.Contains(c, StringComparison.Ordinal));
        if (term.Length > 1) return isFrame ? 0 : 1;
        if (isFrame) return FrameShare;
        return WeakAlone.Contains(term[0], StringComparison.Ordinal) ? 0 : SingleShare;
    }

    // Words with a capital that do not open the sentence.
    private static HashSet<string> Names(string text)
    {
        HashSet<string> names = [];
        var opens = true;
        foreach (var word in text.Split([' ', '\t', '\n', ',', '"', '(', ')'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!opens && char.IsUpper(word[0]) && word.Length > 1 && !FirstPerson.Contains(LetterFolding.Fold(word))) names.UnionWith(Tokens.Of(word));
            opens = word[^1] is '.' or '?' or '!' or ':';
        }

        return names;
    }
}
