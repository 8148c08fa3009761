using System.Text.Json;
using Mnemo.Memories;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Memories;

public sealed class MemoryScopeTests
{
    /// <summary>Parts that other stores answer with everybody's memories.</summary>
    public static TheoryData<string?> Guesses =>
    [
        (string?)null, "", " ", "\t", "\n", "\u00A0", "\u3000", "*", "**", "%", "%%", "?", "_", "__", ".", "...", "* *", "%_%", " * ",
        "$ne", "$gt", "$regex", "{\"$ne\": null}", "{}", "[]", "[\"ana\"]", "null", "undefined", "a\u0000b", "a\nb", "\u001B[2J",
    ];

    public static TheoryData<string> Names => ["ana", "o'brien", "a b", "🦊", "团子", "x${ne}", "a*b", "100%", "85614143951892480", "@ana", "null pointer", "é"];

    public static TheoryData<string, string> NotScopes => new()
    {
        { "null", "object" }, { "42", "object" }, { "\"*\"", "object" }, { "[]", "object" }, { "true", "object" }, { "{}", "platform" },
        { """{"platform":"p","guild":"g","channel":"c"}""", "subject" },
        { """{"platform":"p","guild":"g","channel":"c","subject":null}""", "subject" },
        { """{"platform":"p","guild":"g","channel":"c","subject":7}""", "subject" },
        { """{"platform":"p","guild":"g","channel":"c","subject":{"$ne":null}}""", "subject" },
        { """{"platform":"p","guild":"g","channel":["c"],"subject":"s"}""", "channel" },
        { """{"platform":"p","guild":"","channel":"c","subject":"s"}""", "guild" },
        { """{"platform":"p","guild":"*","channel":"c","subject":"s"}""", "guild" },
        { """{"platform":"p","guild":"g","channel":"c","subject":"s","thread":7}""", "thread" },
        { """{"platform":"p","guild":"g","channel":"c","subject":"s","thread":"*"}""", "thread" },
        { """{"platform":"p","guild":"g","channel":"c","subject":"s","persona":""}""", "persona" },
        { """{"platform":"p","guild":"g","channel":"c","subject":"s","persona":null}""", "persona" },
        { """{"Platform":"p","guild":"g","channel":"c","subject":"s"}""", "platform" },
    };

    [Theory, MemberData(nameof(Guesses))]
    public void A_part_that_would_have_to_be_guessed_is_refused(string? part)
    {
        Assert.Throws<InvalidScopeException>(() => new MemoryScope(part!, "g", "c", "s"));
        Assert.Throws<InvalidScopeException>(() => new MemoryScope("p", part!, "c", "s"));
        Assert.Throws<InvalidScopeException>(() => new MemoryScope("p", "g", part!, "s"));
        Assert.Throws<InvalidScopeException>(() => new MemoryScope("p", "g", "c", part!));
        Assert.Throws<InvalidScopeException>(() => new MemoryScope("p", "g", "c", "s", "t", part!));
        if (part is not "") Assert.Throws<InvalidScopeException>(() => new MemoryScope("p", "g", "c", "s", part!));
    }

    [Fact]
    public void A_part_that_is_too_long_is_refused()
    {
        Assert.Throws<InvalidScopeException>(() => new MemoryScope("p", "g", new string('c', 201), "s"));
        Assert.Equal(200, new MemoryScope("p", "g", new string('c', 200), "s").Channel.Length);
    }

    [Fact]
    public void Two_conversations_never_share_a_name()
    {
        MemoryScope[] places =
        [
            new("p", "g", "b", "s", "c"), new("p", "g", "b/c", "s"), new("p", "g", @"b\", "s", "c"), new("p", "g", @"b\/c", "s"),
            new("p", "g:b", "c", "s"), new("p", "g", "b:c", "s"), new("p:g", "b", "c", "s"), new("p", "g", "b", "s"),
        ];
        Assert.Equal(places.Length, places.Select(p => p.Conversation).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal("console:@direct:@ana", new MemoryScope("console", MemoryScope.Direct, "@ana", "ana").Conversation);
        Assert.Equal("discord:85614143:100%/团子", new MemoryScope("discord", "85614143", "100%", "ana", "团子").Conversation);
    }

    [Theory, MemberData(nameof(Names))]
    public void An_odd_name_is_still_a_name(string name)
    {
        var scope = new MemoryScope(name, name, name, name, name, name);
        Assert.Equal([name, name, name, name, name, name], [scope.Platform, scope.Guild, scope.Channel, scope.Subject, scope.Thread, scope.Persona]);
    }

    [Theory, MemberData(nameof(NotScopes))]
    public void Json_that_is_not_a_scope_is_refused_with_the_part(string json, string part)
    {
        Assert.Null(MemoryScope.TryRead(JsonElement.Parse(json), out var problem));
        Assert.Contains(part, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_that_is_a_scope_is_read()
    {
        var scope = MemoryScope.TryRead(JsonElement.Parse("""{"platform":"p","guild":"g","channel":"c","subject":"s","thread":"t","persona":"q"}"""), out var problem);
        Assert.Equal(new MemoryScope("p", "g", "c", "s", "t", "q"), scope);
        Assert.Equal("", problem);
        Assert.Equal(MemoryScope.DefaultPersona, MemoryScope.TryRead(JsonElement.Parse("""{"platform":"p","guild":"g","channel":"c","subject":"s"}"""), out _)!.Persona);
    }

    /// <summary>The visibility table of the design, from the other side: said where, by whom, and who asks where.</summary>
    [Theory]
    [InlineData("g:c/:ana", "g:c/:ben", true)]
    [InlineData("g:c/:ana", "g:d/:ben", false)]
    [InlineData("g:c/:ana", "g:d/:ana", true)]
    [InlineData("g:c/t:ana", "g:c/:ben", false)]
    [InlineData("g:c/t:ana", "g:c/t:ben", true)]
    [InlineData("g:c/t:ana", "g:c/:ana", true)]
    [InlineData("g:c/:ana", "g:c/t:ben", false)]
    [InlineData("g:c/:ana", "h:c/:ana", false)]
    [InlineData("@direct:@ana/:ana", "@direct:@ana/:ana", true)]
    [InlineData("@direct:@ana/:ana", "@direct:@ben/:ana", false)]
    [InlineData("@direct:@ana/:ana", "g:c/:ana", false)]
    [InlineData("g:c/:ana", "@direct:@ana/:ana", false)]
    public void Who_sees_what(string said, string asked, bool isSeen)
    {
        var memory = Sample.Memory(1, scope: Place(said));
        Assert.Equal(isSeen, Place(asked).Sees(memory));
        Assert.Equal(isSeen, Place(asked).Visible().Matches(memory));
        Assert.False(Place(asked, platform: "other").Sees(memory));
        Assert.False(Place(asked, persona: "other").Sees(memory));
        Assert.Equal(isSeen, (Place(asked, persona: "other") with { Reach = new ScopeReach([], anyPersona: true) }).Sees(memory));
    }

    [Fact]
    public void A_reach_opens_conversations_of_the_same_guild_and_never_a_direct_chat()
    {
        var reach = new ScopeReach([new Conversation("c"), new Conversation("d", "t"), new Conversation("@ana")], anyPersona: false);
        var asker = Place("g:x/:zoe") with { Reach = reach };
        Assert.True(asker.Sees(Sample.Memory(1, scope: Place("g:c/:ana"))));
        Assert.True(asker.Sees(Sample.Memory(1, scope: Place("g:d/t:ana"))));
        Assert.False(asker.Sees(Sample.Memory(1, scope: Place("g:d/:ana"))));
        Assert.False(asker.Sees(Sample.Memory(1, scope: Place("h:c/:ana"))));
        Assert.False(asker.Sees(Sample.Memory(1, scope: Place("@direct:@ana/:ana"))));
        var direct = Place("@direct:@zoe/:zoe") with { Reach = reach };
        Assert.False(direct.Sees(Sample.Memory(1, scope: Place("@direct:@ana/:ana"))));
    }

    [Fact]
    public void Scopes_compare_by_value_reach_included()
    {
        var reach = new ScopeReach([new Conversation("b"), new Conversation("a")], anyPersona: false);
        var same = new ScopeReach([new Conversation("a"), new Conversation("b"), new Conversation("a")], anyPersona: false);
        Assert.Equal(Place("g:c/:ana") with { Reach = reach }, Place("g:c/:ana") with { Reach = same });
        Assert.NotEqual(Place("g:c/:ana") with { Reach = reach }, Place("g:c/:ana"));
        Assert.Equal(reach.GetHashCode(), same.GetHashCode());
    }

    [Fact]
    public void A_conversation_reads_as_people_see_it()
    {
        Assert.Equal("console:@direct:@ana", new MemoryScope("console", MemoryScope.Direct, "@ana", "ana").Conversation);
        Assert.Equal("discord:g:c/t", new MemoryScope("discord", "g", "c", "ana", "t").Conversation);
    }

    private static MemoryScope Place(string text, string platform = "test", string persona = MemoryScope.DefaultPersona)
    {
        var parts = text.Split(':', '/');
        return new MemoryScope(platform, parts[0], parts[1], parts[3], parts[2], persona);
    }
}
