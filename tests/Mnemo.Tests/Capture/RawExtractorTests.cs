using Mnemo.Capture;
using Xunit;

namespace Mnemo.Tests.Capture;

public sealed class RawExtractorTests
{
    [Theory]
    [InlineData("Remember that my dog is called Biscuit.", "my dog is called Biscuit.")]
    [InlineData("remember: the meeting is on Friday", "the meeting is on Friday")]
    [InlineData("Please remember I am allergic to nuts", "I am allergic to nuts")]
    [InlineData("记住我的猫叫团子。", "我的猫叫团子。")]
    [InlineData("请记住：我对花生过敏", "我对花生过敏")]
    [InlineData("帮我记一下，周五开会", "周五开会")]
    public void Asking_to_remember_pins_the_rest(string said, string kept)
        => Assert.Equal([new RawDraft(kept, IsPinned: true)], RawExtractor.Extract(CaptureFixture.Message("m1", said)));

    [Theory]
    [InlineData("remember")]
    [InlineData("记住！")]
    public void Asking_to_remember_nothing_keeps_the_words(string said)
        => Assert.Equal([new RawDraft(said, IsPinned: true)], RawExtractor.Extract(CaptureFixture.Message("m1", said)));

    [Theory]
    [InlineData("when the bus leaves: 9:15")]
    [InlineData("that is how it is?")]
    [InlineData("remember the milk")]
    public void A_pinned_message_is_pinned_as_it_stands(string said)
        => Assert.Equal([new RawDraft(said, IsPinned: true)], RawExtractor.Extract(CaptureFixture.Message("m1", said) with { IsPinned = true }));

    [Theory]
    [InlineData("Remember when we went to Lyon")]
    [InlineData("Remember my birthday?")]
    [InlineData("I remember the sea.")]
    [InlineData("Remembering is hard")]
    [InlineData("你记住了吗？")]
    public void Other_uses_of_the_word_pin_nothing(string said)
        => Assert.Equal([new RawDraft(said, IsPinned: false)], RawExtractor.Extract(CaptureFixture.Message("m1", said)));

    [Fact]
    public void A_text_too_long_for_one_memory_becomes_several_and_loses_nothing()
    {
        var said = string.Concat(Enumerable.Range(0, 2000).Select(i => $"Sentence {i} is here. ")).Trim();
        var drafts = RawExtractor.Extract(CaptureFixture.Message("m1", said));
        Assert.True(drafts.Count > 3);
        Assert.All(drafts, d => Assert.InRange(d.Text.Length, 1, RawExtractor.MaxLength));
        Assert.Equal(said, string.Join(' ', drafts.Select(d => d.Text)));
    }

    [Fact]
    public void A_long_text_without_a_break_is_never_cut_inside_a_character()
    {
        var drafts = RawExtractor.Extract(CaptureFixture.Message("m1", "x" + string.Concat(Enumerable.Repeat("🦊", 9000))));
        Assert.All(drafts, d => Assert.False(char.IsHighSurrogate(d.Text[^1])));
        Assert.Equal(18_001, drafts.Sum(d => d.Text.Length));
    }
}
