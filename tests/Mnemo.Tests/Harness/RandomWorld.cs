using Mnemo.Memories;

namespace Mnemo.Tests.Harness;

/// <summary>
/// A small world with much in common and names that break careless quoting, so that random memories and random
/// askers often nearly match. The same seed makes the same world.
/// </summary>
internal sealed class RandomWorld(int seed)
{
    private static readonly string[] Platforms = ["discord", "Discord", "console"];
    private static readonly string[] Guilds = ["guild", "guild ", MemoryScope.Direct];
    private static readonly string[] Channels = ["general", "General", "o'brien\"; DROP TABLE memories; --", "x${ne}", "a_b", "axb"];
    private static readonly string[] Threads = ["", "", "t1", "general", "100%"];
    private static readonly string[] People = ["ana", "ANA", "ana ", "é", "e\u0301", "团子🦊", "back\\slash", "a and b or '1'='1'"];
    private static readonly string[] Personas = [MemoryScope.DefaultPersona, "sage"];
    private static readonly string[] Texts = ["tea", "Tea", "50% off", "50_ off", "it's", "say \"hi\"", "back\\slash", "茶と🍣", "tab\tline\nend", ""];

#pragma warning disable CA5394 // A seeded generator is the point: a failure must be repeatable.
    private readonly Random _random = new(seed);

    public Memory Memory(long id)
    {
        var spoken = _random.Next(3) > 0;
        return new Memory
        {
            Id = new MemoryId(id),
            Scope = Scope(),
            Speaker = new Speaker(Pick(People), "Somebody"),
            Text = Pick(Texts) + Pick(Texts),
            Kind = Enum.GetValues<MemoryKind>()[_random.Next(6)],
            Session = _random.Next(2) == 0 ? "" : $"s{_random.Next(4)}",
            SpokenAt = spoken ? Sample.Start.AddMilliseconds(_random.Next(-1000, 1000)) : null,
            RecordedAt = Sample.Start.AddMilliseconds(_random.Next(1000)),
            ValidTo = _random.Next(4) == 0 ? Sample.Start.AddMilliseconds(_random.Next(1000)) : null,
            Vector = Vector(Sample.Embedding.Dimension),
            Embedding = Sample.Embedding,
        };
    }

    public IReadOnlyList<Memory> Memories(int count) => [.. Enumerable.Range(1, count).Select(i => Memory(i))];

    public float[] Vector(int dimension) => [.. Enumerable.Range(0, dimension).Select(_ => (_random.NextSingle() * 2) - 1)];

    public MemoryScope Scope() => new(Pick(Platforms), Pick(Guilds), Pick(Channels), Pick(People), Pick(Threads), Pick(Personas));

    public MemoryScope Asker()
    {
        var scope = Scope();
        return _random.Next(2) == 0 ? scope : scope with
        {
            Reach = new ScopeReach(Enumerable.Range(0, _random.Next(3)).Select(_ => new Conversation(Pick(Channels), Pick(Threads))), _random.Next(2) == 0),
        };
    }

    public MemoryFilter Filter(IReadOnlyList<Memory> memories, int depth = 3)
    {
        var shape = _random.Next(depth == 0 ? 4 : 7);
        return shape switch
        {
            0 => TextFilter(memories),
            1 => Range(memories),
            2 => MemoryFilter.Contains(_random.Next(2) == 0 ? Pick(Texts) : Pick(["%", "_", "'", "\\", "🍣", "e", "f"])),
            3 => MemoryFilter.Ids([.. Enumerable.Range(0, _random.Next(6)).Select(_ => _random.Next(5) == 0 ? new MemoryId(_random.NextInt64()) : memories[_random.Next(memories.Count)].Id)]),
            4 => MemoryFilter.And(Parts(memories, depth)),
            5 => MemoryFilter.Or(Parts(memories, depth)),
            _ => MemoryFilter.Not(Filter(memories, depth - 1)),
        };
    }

    private MemoryFilter[] Parts(IReadOnlyList<Memory> memories, int depth)
        => [.. Enumerable.Range(0, _random.Next(4)).Select(_ => Filter(memories, depth - 1))];

    private MemoryFilter TextFilter(IReadOnlyList<Memory> memories)
    {
        var field = Enum.GetValues<TextField>()[_random.Next(10)];
        return MemoryFilter.In(field, [.. Enumerable.Range(0, _random.Next(4)).Select(_ => _random.Next(4) == 0 ? Pick(People) : MemoryFilter.Read(memories[_random.Next(memories.Count)], field))]);
    }

    private MemoryFilter Range(IReadOnlyList<Memory> memories)
    {
        var field = Enum.GetValues<NumberField>()[_random.Next(4)];
        return MemoryFilter.Range(field, Bound(), Bound());

        long? Bound() => _random.Next(5) switch
        {
            0 => null,
            1 => long.MinValue,
            2 => long.MaxValue,
            _ => MemoryFilter.Read(memories[_random.Next(memories.Count)], field),
        };
    }

    private string Pick(string[] from) => from[_random.Next(from.Length)];
#pragma warning restore CA5394
}
