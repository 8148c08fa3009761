using Mnemo.Memories;
using Mnemo.Recall;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Recall;

/// <summary>Among 2,000 memories of ten speakers: what was said is answered, what nobody said is not.</summary>
public sealed class CrowdTests(CrowdTests.Room room) : IClassFixture<CrowdTests.Room>
{
    private readonly Remembered _memory = room.Memory;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ana", "What is my dog called?", "Biscuit")]
    [InlineData("ana", "what's my dog's name", "Biscuit")]
    [InlineData("ana", "what is the name of my dog?", "Biscuit")]
    [InlineData("ana", "Do you remember what my dog was called?", "Biscuit")]
    [InlineData("ana", "when did I move to Lyon", "2019")]
    [InlineData("ana", "When did I move?", "2019")]
    [InlineData("ana", "which year was I moving to Lyon?", "2019")]
    [InlineData("ben", "what is my dog called?", "Rex")]
    [InlineData("ben", "what is Ana's dog called?", "Biscuit")]
    [InlineData("carla", "what is the name of Ana's dog?", "Biscuit")]
    [InlineData("carla", "what is ben's dog called", "Rex")]
    [InlineData("ben", "When did Ana move to Lyon?", "2019")]
    [InlineData("carla", "what's my favourite colour?", "green")]
    [InlineData("eva", "Where does Hugo work?", "Porto")]
    [InlineData("jun", "我的猫叫什么？", "团子")]
    [InlineData("jun", "我的猫叫什么名字？", "团子")]
    [InlineData("jun", "我养的猫叫什么来着", "团子")]
    [InlineData("jun", "我什么时候搬到里昂", "2019")]
    [InlineData("jun", "我是哪一年搬到里昂的？", "2019")]
    public async Task What_was_said_is_answered(string asker, string question, string answer)
    {
        var pick = await AskAsync(asker, question);
        Assert.NotNull(pick);
        Assert.Contains(answer, pick.Memory.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ana", "What is my cat called?")]
    [InlineData("ana", "what's my cat's name")]
    [InlineData("carla", "What is my dog called?")]
    [InlineData("ben", "When did I move to Lyon?")]
    [InlineData("ben", "What is Carla's dog called?")]
    [InlineData("ben", "What is Zoe's dog called?")]
    [InlineData("ana", "When did I move to Madrid?")]
    [InlineData("ana", "Where is my passport?")]
    [InlineData("jun", "我的狗叫什么？")]
    [InlineData("jun", "我的狗叫什么名字？")]
    [InlineData("eva", "我的猫叫什么？")]
    [InlineData("jun", "我什么时候搬到马德里")]
    [InlineData("jun", "我的护照在哪里？")]
    public async Task What_nobody_said_is_not(string asker, string question) => Assert.Null(await AskAsync(asker, question));

    [Fact]
    public async Task Another_channel_knows_nothing_of_others_and_all_of_ones_own()
    {
        Assert.Null(await AskAsync("ben", "What is Ana's dog called?", "elsewhere"));
        Assert.Contains("Biscuit", (await AskAsync("ana", "What is my dog called?", "elsewhere"))!.Memory.Text, StringComparison.Ordinal);
    }

    private async Task<AnswerPick?> AskAsync(string asker, string question, string channel = "general")
    {
        var query = new RecallQuery(Remembered.In(channel, asker), new Speaker(asker, asker), question);
        var options = new RecallOptions();
        var result = await _memory.Recaller(options).RecallAsync(query, Cancellation);
        var pick = MemoryAnswer.Pick(query, result, options);
        foreach (var hit in result.Hits.Take(5)) TestContext.Current.TestOutputHelper?.WriteLine($"{hit.Coverage:F2} {hit.Score:F2} w{hit.Text:F2} c{hit.Similarity:F2} {hit.Memory.Speaker.Id}: {hit.Memory.Text}");
        return pick;
    }

    /// <summary>The room is filled once; the tests only ask.</summary>
    public sealed class Room : IAsyncLifetime
    {
        private readonly ScratchDirectory _scratch = new();

        internal Remembered Memory { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Memory = await Remembered.OpenAsync(_scratch.Path, Cancellation);
            await TalkAsync(1000, 1);
            await Memory.SayAsync("general", "ana", "My dog is called Biscuit and I moved to Lyon in 2019.", Cancellation);
            await Memory.SayAsync("general", "ben", "My dog is called Rex", Cancellation);
            await Memory.SayAsync("general", "jun", "我的猫叫团子。", Cancellation);
            await Memory.SayAsync("general", "jun", "我2019年搬到里昂。", Cancellation);
            await Memory.SayAsync("general", "carla", "My favourite colour is green.", Cancellation);
            await Memory.SayAsync("general", "hugo", "I work as a nurse in Porto", Cancellation);
            await TalkAsync(1000, 2);
        }

        public async ValueTask DisposeAsync()
        {
            await Memory.DisposeAsync();
            _scratch.Dispose();
        }

        private async Task TalkAsync(int count, int seed)
        {
            var english = Crowd.Talk(Memory, "general", count / 2, chinese: false, seed);
            await Memory.Writer.UpsertAsync([.. english, .. Crowd.Talk(Memory, "general", count / 2, chinese: true, seed)], Cancellation);
        }
    }
}
