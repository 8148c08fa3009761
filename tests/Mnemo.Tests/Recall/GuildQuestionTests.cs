using Mnemo.Memories;
using Mnemo.Recall;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Recall;

/// <summary>Questions as people of one channel ask them: about "us", and about each other by name.</summary>
public sealed class GuildQuestionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Theo", "Where do we meet for the night hike?", "old mill")]
    [InlineData("Theo", "When is our night hike?", "old mill")]
    [InlineData("阿哲", "我们的夜徒在哪里集合？", "老磨坊")]
    public async Task What_we_do_may_have_been_said_by_any_of_us(string asker, string question, string answer) =>
        Assert.Contains(answer, (await AskAsync(asker, question))!.Memory.Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("阿哲", "林姐对什么过敏？", "核桃")]
    [InlineData("阿哲", "林姐养了什么？", "乌龟")]
    [InlineData("小雨", "思琪要搬到哪里？", "大理")]
    public async Task A_chinese_name_is_a_name_whatever_follows_it(string asker, string question, string answer) =>
        Assert.Contains(answer, (await AskAsync(asker, question))!.Memory.Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("小雨", "林姐要搬到哪里？")]
    [InlineData("小雨", "阿哲对什么过敏？")]
    [InlineData("小雨", "林姐养的猫叫什么？")]
    public async Task What_a_named_member_did_not_say_is_not_answered_from_others(string asker, string question) => Assert.Null(await AskAsync(asker, question));

    private static async Task<AnswerPick?> AskAsync(string asker, string question)
    {
        using var scratch = new ScratchDirectory();
        await using var memory = await Remembered.OpenAsync(scratch.Path, Token);
        await memory.SayAsync("general", "Maya", "The night hike is on Saturday the 14th: we meet at the old mill at half past nine.", Token);
        await memory.SayAsync("general", "Theo", "I still owe you two pegs.", Token);
        await memory.SayAsync("general", "小雨", "夜徒定在十四号周六，晚上九点半在老磨坊集合。", Token);
        await memory.SayAsync("general", "林姐", "出发做饭前先说一声：我对核桃过敏，一点点也不行。", Token);
        await memory.SayAsync("general", "林姐", "我家里养了一只乌龟。", Token);
        await memory.SayAsync("general", "思琪", "先替我保密：我三月要搬到大理，房东还不知道。", Token);
        await memory.SayAsync("general", "阿哲", "太好了，我还欠你两根地钉。", Token);
        var query = new RecallQuery(Remembered.In("general", asker), new Speaker(asker, asker), question);
        var options = new RecallOptions();
        return MemoryAnswer.Pick(query, await memory.Recaller(options).RecallAsync(query, Token), options);
    }
}
