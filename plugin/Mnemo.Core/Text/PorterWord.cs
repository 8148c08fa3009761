namespace Mnemo.Text;

/// <summary>One word on its way through the five steps of Porter's algorithm (1980), in place.</summary>
internal ref struct PorterWord(Span<char> letters, int length)
{
    // Longest suffix first: the first that fits is the one the algorithm means.
    private static readonly (string Suffix, string Replacement)[] Step2 =
    [
        ("ational", "ate"), ("ization", "ize"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("tional", "tion"), ("biliti", "ble"),
        ("entli", "ent"), ("ousli", "ous"), ("ation", "ate"), ("alism", "al"), ("aliti", "al"), ("iviti", "ive"), ("enci", "ence"), ("anci", "ance"),
        ("izer", "ize"), ("alli", "al"), ("ator", "ate"), ("logi", "log"), ("bli", "ble"), ("eli", "e"),
    ];

    private static readonly (string Suffix, string Replacement)[] Step3 =
    [
        ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ness", ""), ("ful", ""),
    ];

    private static readonly string[] Step4 =
    [
        "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ou", "ism", "ate", "iti", "ous", "ive", "ize",
    ];

    private readonly Span<char> _letters = letters;
    private int _length = length;

    /// <summary>Runs all steps; returns the stem's length.</summary>
    public int Stem()
    {
        Plurals();
        PastAndGerund();
        if (EndsWith("y") && HasVowel(_length - 1)) _letters[_length - 1] = 'i';
        Longest(Step2);
        Longest(Step3);
        LongEndings();
        Tidy();
        return _length;
    }

    private void Plurals()
    {
        if (EndsWith("sses") || EndsWith("ies")) _length -= 2;
        else if (EndsWith("s") && !EndsWith("ss")) _length--;
    }

    private void PastAndGerund()
    {
        if (EndsWith("eed"))
        {
            if (Measure(_length - 3) > 0) _length--;
            return;
        }

        if (EndsWith("ed") && HasVowel(_length - 2)) _length -= 2;
        else if (EndsWith("ing") && HasVowel(_length - 3)) _length -= 3;
        else return;

        if (EndsWith("at") || EndsWith("bl") || EndsWith("iz")) _letters[_length++] = 'e';
        else if (DoubleConsonant() && _letters[_length - 1] is not ('l' or 's' or 'z')) _length--;
        else if (Measure(_length) == 1 && ShortSyllable(_length)) _letters[_length++] = 'e';
    }

    private void Longest((string Suffix, string Replacement)[] rules)
    {
        foreach (var (suffix, replacement) in rules)
        {
            if (!EndsWith(suffix)) continue;
            var stem = _length - suffix.Length;
            if (Measure(stem) == 0) return;
            replacement.CopyTo(_letters[stem..]);
            _length = stem + replacement.Length;
            return;
        }
    }

    private void LongEndings()
    {
        if (EndsWith("ion"))
        {
            if (_length > 3 && _letters[_length - 4] is 's' or 't' && Measure(_length - 3) > 1) _length -= 3;
            return;
        }

        var longest = 0;
        foreach (var suffix in Step4)
        {
            if (suffix.Length > longest && EndsWith(suffix)) longest = suffix.Length;
        }

        if (longest > 0 && Measure(_length - longest) > 1) _length -= longest;
    }

    private void Tidy()
    {
        if (EndsWith("e"))
        {
            var measure = Measure(_length - 1);
            if (measure > 1 || (measure == 1 && !ShortSyllable(_length - 1))) _length--;
        }

        if (EndsWith("ll") && Measure(_length - 1) > 1) _length--;
    }

    private readonly bool EndsWith(string suffix) => _length > suffix.Length && _letters[.._length].EndsWith(suffix);

    private readonly bool IsConsonant(int place) => _letters[place] switch
    {
        'a' or 'e' or 'i' or 'o' or 'u' => false,
        'y' => place == 0 || !IsConsonant(place - 1),
        _ => true,
    };

    private readonly int Measure(int end)
    {
        var count = 0;
        for (var i = 1; i < end; i++)
        {
            if (IsConsonant(i) && !IsConsonant(i - 1)) count++;
        }

        return count;
    }

    private readonly bool HasVowel(int end)
    {
        for (var i = 0; i < end; i++)
        {
            if (!IsConsonant(i)) return true;
        }

        return false;
    }

    private readonly bool DoubleConsonant() => _length >= 2 && _letters[_length - 1] == _letters[_length - 2] && IsConsonant(_length - 1);

    private readonly bool ShortSyllable(int end) => end >= 3 && IsConsonant(end - 1) && !IsConsonant(end - 2) && IsConsonant(end - 3)
        && _letters[end - 1] is not ('w' or 'x' or 'y');
}
