using System.Text.RegularExpressions;
using Mnemo.Localization;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Config;

public sealed partial class StoreErrorTextTests
{
    [Fact]
    public void Every_text_that_a_store_may_fail_with_is_there_in_both_languages()
    {
        var keys = Directory.EnumerateFiles(Path.Combine(Written.Root, "plugin"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(file => Key().Matches(File.ReadAllText(file)).Select(match => match.Groups["key"].Value)).Distinct(StringComparer.Ordinal).ToList();
        Assert.InRange(keys.Count, 40, 500);
        foreach (var language in Strings.Languages) Assert.All(keys, key => Assert.True(Strings.For(language).Has(key), $"{key} has no text in {language}"));
    }

    [Fact]
    public void A_failure_of_a_store_is_said_in_the_readers_language()
    {
        var inner = new MemoryStoreException(StoreErrorKind.Unavailable, "faiss", "search", "store.timeout", "faiss", "search", 2000);
        var (english, chinese) = (Strings.For(Strings.English), Strings.For(Strings.Chinese));
        Assert.Equal("The faiss store did not answer search within 2000 ms; it is overloaded or away.", inner.Message);
        Assert.Equal(english["store.timeout", "faiss", "search", 2000], inner.Say(english));
        Assert.Equal(chinese["store.timeout", "faiss", "search", 2000], inner.Say(chinese));
        Assert.NotEqual(inner.Say(english), inner.Say(chinese));
        Assert.Contains("2000", inner.Say(chinese), StringComparison.Ordinal);
    }

    [GeneratedRegex("""(?<!using |namespace )"(?<key>(?:store|record|faiss|sqlite|textindex|text_index|row)\.[a-z0-9_.]*[a-z0-9_])"(?!\s*\+)""", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Key();
}
