namespace Mnemo.Text;

/// <summary>Tells questions from statements by their form, in English and Chinese.</summary>
public static class Questions
{
    private static readonly HashSet<string> WhWords = [.. "what who whom whose when where which why how".Split(' ')];

    private static readonly HashSet<string> Auxiliaries =
    [
        .. "is are was were am do does did can could will would shall should has have had may might isn't aren't wasn't weren't don't doesn't didn't can't won't hasn't haven't".Split(' '),
    ];

    private static readonly HashSet<string> Pronouns = [.. "i you he she it we they my your his her our their this that these those there anyone anybody someone".Split(' ')];
    private static readonly HashSet<string> Measures = [.. "many much old long far often tall big late early".Split(' ')];
    private static readonly HashSet<string> Greetings = [.. "hi hello hey hiya yo ok okay so well thanks please mnemo 你好 嗨 喂 嘿 请问 谢谢 好的".Split(' ')];

    private static readonly string[] ChineseEndings = ["吗", "么", "什么", "谁", "哪里", "哪儿", "来着", "多少", "几岁", "几号", "几点", "怎么样", "是不是", "有没有", "哪天"];
    private static readonly string[] ChineseOpenings = ["谁", "什么", "哪", "怎么", "为什么", "何时", "为何", "请问"];
    private static readonly string[] ChineseWithin = ["什么时候", "什么名字", "是谁", "在哪", "是什么", "叫什么"];
    private static readonly string[] ChineseStatements = ["不知道", "忘了", "都可以", "都行", "告诉过"];

    /// <summary>Whether the text asks and says nothing: every sentence is a question, greetings aside.</summary>
    public static bool IsOnlyQuestions(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var questions = 0;
        foreach (var sentence in Sentences(LetterFolding.Fold(text)))
        {
            if (IsQuestion(sentence)) questions++;
            else if (!IsGreeting(sentence)) return false;
        }

        return questions > 0;
    }

    /// <summary>Whether any sentence of the text is a question.</summary>
    public static bool HasQuestion(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Sentences(LetterFolding.Fold(text)).Any(IsQuestion);
    }

    private static List<string> Sentences(string text)
    {
        List<string> sentences = [];
        var start = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (!IsEnd(text, at)) continue;
            while (at + 1 < text.Length && IsEnd(text, at + 1)) at++;
            Add(text[start..(at + 1)]);
            start = at + 1;
        }

        Add(text[start..]);
        return sentences;

        void Add(string sentence)
        {
            if (sentence.Any(char.IsLetterOrDigit) || sentence.Contains('?', StringComparison.Ordinal)) sentences.Add(sentence.Trim());
        }
    }

    private static bool IsEnd(string text, int at) => text[at] switch
    {
        '?' or '!' or '。' or '\n' or '…' => true,
        '.' => at + 1 == text.Length || char.IsWhiteSpace(text[at + 1]),
        _ => false,
    };

    private static bool IsQuestion(string sentence)
    {
        if (sentence.TrimEnd('"', '\'', ')', '”', '」', ' ').EndsWith('?')) return true;
        return sentence.Any(Tokens.IsIdeographic) ? AsksInChinese(sentence) : AsksInEnglish(sentence);
    }

    private static bool AsksInEnglish(string sentence)
    {
        var words = sentence.Split([' ', ',', ':', ';', '.', '!', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var first = Array.FindIndex(words, w => !Greetings.Contains(w) && w[0] is not ('@' or '<'));
        if (first < 0) return false;
        var opening = words[first];
        var next = first + 1 < words.Length ? words[first + 1] : "";
        if (opening.EndsWith("'s", StringComparison.Ordinal) && WhWords.Contains(opening[..^2])) return true;
        if (opening is "who" or "whose" or "which") return next.Length > 0;
        if (WhWords.Contains(opening)) return Auxiliaries.Contains(next) || (opening == "how" && Measures.Contains(next)) || (opening == "what" && next is "time" or "kind" or "colour" or "color");
        var commands = opening is "do" or "have" && next is "it" or "this" or "that" or "my" or "your" or "his" or "her" or "our" or "their";
        return Auxiliaries.Contains(opening) && Pronouns.Contains(next) && !commands;
    }

    private static bool AsksInChinese(string sentence)
    {
        var bare = sentence.TrimEnd('。', '!', '.', ' ', '~', '呢', '呀', '啊', ',');
        if (ChineseStatements.Any(s => bare.Contains(s, StringComparison.Ordinal))) return false;
        return ChineseEndings.Any(e => bare.EndsWith(e, StringComparison.Ordinal))
            || ChineseOpenings.Any(o => bare.StartsWith(o, StringComparison.Ordinal))
            || ChineseWithin.Any(w => bare.Contains(w, StringComparison.Ordinal));
    }

    private static bool IsGreeting(string sentence)
    {
        var words = sentence.Split([' ', ',', '!', '.', '。', '\t', '、'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length <= 3 && words.All(w => Greetings.Contains(w) || w[0] is '@' or '<');
    }
}
