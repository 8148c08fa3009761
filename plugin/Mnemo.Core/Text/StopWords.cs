namespace Mnemo.Text;

/// <summary>Words that say nothing about what a text is about, folded; "don't" arrives here as "do".</summary>
internal static class StopWords
{
    private static readonly HashSet<string> English =
    [
        .. ("a about above after again against ain all am an and any are aren as at be because been before being below between both but by can could couldn did didn do "
            + "does doesn doing don down during each few for from further had hadn has hasn have haven having he her here hers herself him himself his how i if in into is isn it "
            + "its itself just let ll me mightn more most must mustn my myself needn no nor not now of off on once only or other our ours ourselves out over own re s same shan "
            + "she should shouldn so some such t than that the their theirs them themselves then there these they this those through to too under until up ve very was wasn we "
            + "were weren what when where which while who whom whose why will with won would wouldn you your yours yourself yourselves d m im ive id ill dont didnt doesnt").Split(' '),
    ];

    public static bool Contains(string word) => English.Contains(word);
}
