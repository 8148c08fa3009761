using Xunit;

namespace Mnemo.Tests;

public sealed class SpellingTests
{
    private static readonly string[] Known = ["faiss", "milvus", "postgres", "inmemory"];

    [Theory]
    [InlineData("fais", "faiss"), InlineData("FIASS", "faiss"), InlineData("postgresql", "postgres"), InlineData("millvus", "milvus"), InlineData("in-memory", "inmemory")]
    [InlineData("elephant", null), InlineData("", null), InlineData("x", null)]
    public void The_nearest_known_word_is_meant_when_it_is_near(string word, string? meant) => Assert.Equal(meant, Spelling.Nearest(word, Known));
}
