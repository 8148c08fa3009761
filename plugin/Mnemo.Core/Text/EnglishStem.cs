namespace Mnemo.Text;

/// <summary>
/// Porter's stemmer, with a table of irregular verbs and plurals before it, so that "went" meets "go" and "children"
/// meets "child". Works on folded words.
/// </summary>
public static class EnglishStem
{
    private static readonly Dictionary<string, string> Irregular = ReadIrregular();

    /// <summary>The stem of a lower-case word; a word with anything but letters a–z stays as it is.</summary>
    public static string Of(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        if (Irregular.TryGetValue(word, out var regular)) word = regular;
        if (word.Length < 3 || word.AsSpan().ContainsAnyExceptInRange('a', 'z')) return word;
        Span<char> letters = stackalloc char[Math.Min(word.Length, 64) + 4];
        if (word.Length > 64) return word;
        word.CopyTo(letters);
        var end = new PorterWord(letters, word.Length).Stem();
        return new string(letters[..end]);
    }

    private static Dictionary<string, string> ReadIrregular()
    {
        const string forms = """
            be been being|become became|begin began begun|bite bit bitten|blow blew blown|break broke broken|bring brought|build built|buy bought
            catch caught|choose chose chosen|come came|do did done|draw drew drawn|drink drank drunk|drive drove driven|eat ate eaten|fall fell fallen
            feed fed|feel felt|fight fought|find found|fly flew flown|forget forgot forgotten|forgive forgave forgiven|freeze froze frozen|get got gotten
            give gave given|go went gone|grow grew grown|hang hung|have had|hear heard|hide hid hidden|hold held|keep kept|know knew known|lay laid
            lead led|leave left|lend lent|lie lay lain|lose lost|make made|mean meant|meet met|pay paid|ride rode ridden|ring rang rung|rise rose risen
            run ran|say said|see saw seen|sell sold|send sent|shake shook shaken|shoot shot|sing sang sung|sink sank sunk|sit sat|sleep slept
            speak spoke spoken|spend spent|stand stood|steal stole stolen|strike struck|swear swore sworn|swim swam swum|take took taken|teach taught
            tear tore torn|tell told|think thought|throw threw thrown|understand understood|wake woke woken|wear wore worn|win won|write wrote written
            child children|man men|woman women|person people|foot feet|tooth teeth|mouse mice|goose geese|wife wives|knife knives|life lives|leaf leaves
            """;
        Dictionary<string, string> table = [];
        foreach (var line in forms.Split(['|', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ');
            foreach (var form in words.Skip(1)) table.TryAdd(form, words[0]);
        }

        return table;
    }
}
