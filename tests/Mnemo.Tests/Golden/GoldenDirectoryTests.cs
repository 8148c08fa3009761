using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Plugin.Commands;
using Mnemo.Plugin.Hosting;
using Mnemo.Localization;
using Mnemo.Recall;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Golden;

/// <summary>What the former release left on a disk opens with today's program and says what it said.</summary>
public sealed class GoldenDirectoryTests
{
    private const string Former = "1ff67aa";

    private static readonly (string Asker, string? Channel, string Question, string Answer)[] Questions =
    [
        ("ana", "general", "What is the dog called?", "My dog is called Biscuit and he is afraid of thunder."),
        ("ben", "general", "Where does the spare key hang?", "The spare key hangs behind the mirror in the hall."),
        ("ana", null, "What is my locker code?", "My locker code is 90210."),
        ("韩梅梅", "旅行", "我的猫叫什么？", "我的猫叫团子。"),
        ("韩梅梅", null, "存折在哪里？", "我的存折藏在书架后面。"),
        ("ben", "archive", "When does the comet return?", "The comet returns in 2061."),
        ("emil", "kitchen", "What is for fish only?", "The blue pan is for fish only."),
    ];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("stopped", 65)]
    [InlineData("killed", 115)]
    public async Task Every_memory_of_the_former_release_is_kept_and_what_waited_becomes_one(string name, int memories)
    {
        using var golden = new GoldenDirectory(Former, name);
        Assert.Equal(memories, golden.Export.Count);
        await golden.RunAsync((runtime, _) => UntilStoredAsync(runtime));
        await golden.AssertExportIsTheSameAsync();
        await golden.AssertExportIsTheSameAsync();
    }

    [Theory]
    [InlineData("stopped")]
    [InlineData("killed")]
    public async Task The_store_of_the_former_release_gets_an_identity_and_one_line_says_so(string name)
    {
        using var golden = new GoldenDirectory(Former, name);
        var set = "";
        await golden.RunAsync(async (runtime, _) =>
        {
            await UntilStoredAsync(runtime);
            Assert.Contains("got an identity", Assert.Single(runtime.Notices.Lines), StringComparison.Ordinal);
            set = (await runtime.Stores.ActiveAsync(Now)).SetId;
        });
        await golden.RunAsync(async (runtime, _) =>
        {
            await UntilStoredAsync(runtime);
            var route = await runtime.Router.GetAsync(Now);
            Assert.Empty(runtime.Notices.Lines);
            Assert.Equal((32, true), (set.Length, route!.IsPlaced));
            Assert.Equal((set, set), (route.SetId, (await runtime.Stores.ActiveAsync(Now)).SetId));
        });
    }

    [Fact]
    public async Task What_waited_and_what_had_failed_is_recalled()
    {
        using var golden = new GoldenDirectory(Former, "stopped");
        Assert.Equal(9, golden.UnstoredMessages.Count);
        await golden.RunAsync(async (runtime, _) =>
        {
            await UntilStoredAsync(runtime);
            foreach (var (question, answer) in ((string, string)[])
            [
                ("Where is the tent drying?", "The tent is drying on the balcony."), ("When is the boiler serviced?", "the boiler is serviced in May"),
                ("雨伞在哪里？", "雨伞在门后面。"), ("Which tyre is flat?", "The spare tyre is flat."), ("自行车停在哪里？", "我把自行车停在车站了。🚲"),
            ]) await AssertFoundAsync(runtime, "ben", "general", question, answer);
            Assert.Equal(3, (await RecallAsync(runtime, "ben", "general", "Who likes green tea with ginger?"))[0].Memory.Sources.Count);
            Assert.DoesNotContain(await RecallAsync(runtime, "ben", "general", "ladder"), hit => hit.Memory.Text.StartsWith("Where did I leave", StringComparison.Ordinal));
        });
    }

    [Theory]
    [InlineData("stopped")]
    [InlineData("killed")]
    public async Task Questions_are_answered_by_the_words_of_the_former_release_and_to_nobody_else(string name)
    {
        using var golden = new GoldenDirectory(Former, name);
        await golden.RunAsync(async (runtime, _) =>
        {
            await UntilStoredAsync(runtime);
            foreach (var (asker, channel, question, answer) in Questions)
            {
                await AssertFoundAsync(runtime, asker, channel, question, answer);
                Assert.DoesNotContain(await RecallAsync(runtime, "stranger", null, question), hit => hit.Memory.Text == answer);
            }
        });
    }

    [Fact]
    public async Task What_a_kill_left_in_the_store_without_its_words_is_found_by_its_words()
    {
        using var golden = new GoldenDirectory(Former, "killed");
        Assert.Equal(60, golden.UnstoredMessages.Count);
        await golden.RunAsync(async (runtime, _) =>
        {
            await UntilStoredAsync(runtime);
            await AssertFoundAsync(runtime, "ben", "kitchen", "What lies in drawer 41?", "In drawer 41 lies a lamp number 31.", "sage");
        });
    }

    [Theory]
    [InlineData("stopped")]
    [InlineData("killed")]
    public async Task Choices_settings_and_the_deletion_ledger_hold(string name)
    {
        using var golden = new GoldenDirectory(Former, name);
        await golden.RunAsync(async (runtime, commands) =>
        {
            await UntilStoredAsync(runtime);
            Assert.Equal(IntakeOutcome.PrivacyOff, await SayAsync(runtime, "dora", "general"));
            Assert.Equal(IntakeOutcome.PrivacyOff, await SayAsync(runtime, "emil", "kitchen"));
            Assert.Equal(IntakeOutcome.NotListening, await SayAsync(runtime, "ana", "quiet"));
            Assert.DoesNotContain(await RecallAsync(runtime, "ben", "general", "boat called Albatross"), hit => hit.Memory.Speaker.Id == "dora");
            await AssertFoundAsync(runtime, "ben", "kitchen", "What has caraway in it?", "My grandmother's dumplings have caraway in them.");
            Assert.Equal("sage", await runtime.Channels.GetAsync("console:console:kitchen", "persona", Now));
            Assert.Equal("zh-CN", await runtime.Channels.GetAsync("console:console:旅行", "language", Now));
            Assert.Equal("400", await runtime.Channels.GetAsync("console:console:general", "budget", Now));
            var doctor = await commands.RunTextAsync("/memory doctor", Caller("root", isAdmin: true), "doctor", Strings.For(Strings.English), Now);
            Assert.True(doctor.IsSuccess, string.Join('\n', PlainReplies.Render(doctor)));
        });

        Assert.Contains("3 lines were left out", await golden.VerbAsync("import", golden.ForgottenLines), StringComparison.Ordinal);
        await golden.AssertExportIsTheSameAsync();
    }

    private static async Task UntilStoredAsync(MnemoRuntime runtime) =>
        await Eventually.HoldsAsync(async () => await runtime.Outbox.StatusAsync(Now) is { Pending: 0, Failed: 0 });

    private static async Task AssertFoundAsync(MnemoRuntime runtime, string asker, string? channel, string question, string answer, string persona = MemoryScope.DefaultPersona)
        => Assert.Contains((await RecallAsync(runtime, asker, channel, question, persona)), hit => hit.Memory.Text == answer && hit.Text > 0);

    private static async Task<IReadOnlyList<RecallHit>> RecallAsync(MnemoRuntime runtime, string asker, string? channel, string question, string persona = MemoryScope.DefaultPersona)
        => (await runtime.Recaller.RecallAsync(new RecallQuery(Scope(asker, channel, persona), new Speaker(asker, asker), question), Now)).Hits;

    private static async Task<IntakeOutcome> SayAsync(MnemoRuntime runtime, string who, string channel)
        => (await runtime.Intake.AcceptAsync(new ChatMessage($"new-{who}", Scope(who, channel), new Speaker(who, who), "This is new.", runtime.Clock.GetUtcNow()), Now)).Outcome;

    private static CommandCaller Caller(string who, bool isAdmin) => new(Scope(who, null), new Speaker(who, who), isAdmin);

    private static MemoryScope Scope(string who, string? channel, string persona = MemoryScope.DefaultPersona) => channel is null
        ? new MemoryScope("console", MemoryScope.Direct, "@" + who, who, persona: persona)
        : new MemoryScope("console", "console", channel, who, persona: persona);
}
