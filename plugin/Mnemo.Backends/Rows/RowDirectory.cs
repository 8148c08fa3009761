using System.Runtime.InteropServices;
using Mnemo.Memories;

namespace Mnemo.Backends.Rows;

/// <summary>
/// Everything about the rows that a search needs besides their vectors, in columns. A change of a memory adds a row
/// and kills the old one; the next snapshot leaves the dead out. The first <see cref="Indexed"/> rows are those of
/// the index file. Changed under the collection's gate only.
/// </summary>
internal sealed class RowDirectory
{
    private readonly Dictionary<long, int> _byId;
    private readonly Dictionary<(int Platform, int Guild, int Channel, int Thread), Posting> _conversations = [];
    private readonly Dictionary<(int Platform, int Guild, int Speaker), Posting> _speakers = [];

    public RowDirectory(StringTable strings, int capacity)
    {
        Strings = strings;
        _byId = new Dictionary<long, int>(capacity);
        for (var field = 0; field < RowTexts.Fields; field++) Texts[field] = [];
        Grow(Math.Max(capacity, 64));
    }

    public StringTable Strings { get; }

    public int Count { get; private set; }

    /// <summary>How many rows the index file holds.</summary>
    public int Indexed { get; set; }

    public int Live => _byId.Count;

    /// <summary>Ids of records that could not be read when the rows were made; a scan hands them out as such.</summary>
    public HashSet<long> Unreadable { get; } = [];

    /// <summary>How many records there are, readable or not.</summary>
    public int Known => Live + Unreadable.Count;

    public int DeadCount => Count - Live;

    public int[][] Texts { get; } = new int[RowTexts.Fields][];

    public long[] Ids { get; private set; } = [];

    public long[] At { get; private set; } = [];

    public long[] RecordedAt { get; private set; } = [];

    public long[] ValidTo { get; private set; } = [];

    public RowPlace[] Places { get; private set; } = [];

    public float[] InverseNorms { get; private set; } = [];

    /// <summary>A bit per row, set when it is dead.</summary>
    public ulong[] Dead { get; private set; } = [];

    public int Find(long id) => _byId.GetValueOrDefault(id, -1);

    public bool IsDead(int ordinal) => (Dead[ordinal >> 6] >> (ordinal & 63) & 1) != 0;

    public Posting? Conversation(int platform, int guild, int channel, int thread) => _conversations.GetValueOrDefault((platform, guild, channel, thread));

    public Posting? Speaker(int platform, int guild, int speaker) => _speakers.GetValueOrDefault((platform, guild, speaker));

    /// <summary>Adds a row; an older one of the same id dies.</summary>
    public void Set(in RowEntry entry)
    {
        Remove(entry.Id);
        if (Count == Ids.Length) Grow(Count * 2);
        var ordinal = Count++;
        for (var field = 0; field < RowTexts.Fields; field++) Texts[field][ordinal] = entry.Texts[field];
        (Ids[ordinal], At[ordinal], RecordedAt[ordinal], ValidTo[ordinal]) = (entry.Id, entry.At, entry.RecordedAt, entry.ValidTo);
        (Places[ordinal], InverseNorms[ordinal]) = (entry.Place, entry.InverseNorm);
        _byId[entry.Id] = ordinal;
        var (platform, guild) = (entry.Texts[(int)TextField.Platform], entry.Texts[(int)TextField.Guild]);
        PostingOf(_conversations, (platform, guild, entry.Texts[(int)TextField.Channel], entry.Texts[(int)TextField.Thread])).Add(ordinal);
        PostingOf(_speakers, (platform, guild, entry.Texts[(int)TextField.Speaker])).Add(ordinal);
    }

    /// <summary>Makes rows of what was read into the columns of a new directory; false when an id is there twice.</summary>
    public bool TryRestore(int count)
    {
        Count = Indexed = count;
        var (platforms, guilds, channels) = (Texts[(int)TextField.Platform], Texts[(int)TextField.Guild], Texts[(int)TextField.Channel]);
        var (threads, speakers) = (Texts[(int)TextField.Thread], Texts[(int)TextField.Speaker]);
        Posting? conversation = null;
        var ofSpeakers = new Posting?[Strings.Count];
        for (var row = 0; row < count; row++)
        {
            if (!_byId.TryAdd(Ids[row], row)) return false;

            // Neighbours mostly belong together, and looking a posting up takes longer than all the rest.
            var isSameGuild = row > 0 && platforms[row] == platforms[row - 1] && guilds[row] == guilds[row - 1];
            if (!isSameGuild) Array.Clear(ofSpeakers);
            if (!isSameGuild || channels[row] != channels[row - 1] || threads[row] != threads[row - 1])
                conversation = PostingOf(_conversations, (platforms[row], guilds[row], channels[row], threads[row]));
            conversation!.Add(row);
            (ofSpeakers[speakers[row]] ??= PostingOf(_speakers, (platforms[row], guilds[row], speakers[row]))).Add(row);
        }

        return true;
    }

    /// <summary>Kills the row of an id, if there is one.</summary>
    public void Remove(long id)
    {
        Unreadable.Remove(id);
        if (!_byId.Remove(id, out var ordinal)) return;
        Dead[ordinal >> 6] |= 1UL << (ordinal & 63);
    }

    public RowEntry Entry(int ordinal)
    {
        var texts = default(RowTexts);
        for (var field = 0; field < RowTexts.Fields; field++) texts[field] = Texts[field][ordinal];
        return new RowEntry(Ids[ordinal], texts, At[ordinal], RecordedAt[ordinal], ValidTo[ordinal], Places[ordinal], InverseNorms[ordinal]);
    }

    private static Posting PostingOf<TKey>(Dictionary<TKey, Posting> postings, TKey key)
        where TKey : notnull
    {
        ref var posting = ref CollectionsMarshal.GetValueRefOrAddDefault(postings, key, out _);
        return posting ??= new Posting();
    }

    private void Grow(int capacity)
    {
        for (var field = 0; field < RowTexts.Fields; field++) Texts[field] = Resized(Texts[field], capacity);
        Ids = Resized(Ids, capacity);
        At = Resized(At, capacity);
        RecordedAt = Resized(RecordedAt, capacity);
        ValidTo = Resized(ValidTo, capacity);
        Places = Resized(Places, capacity);
        InverseNorms = Resized(InverseNorms, capacity);
        Dead = Resized(Dead, (capacity + 63) / 64);
    }

    private static T[] Resized<T>(T[] array, int capacity)
    {
        Array.Resize(ref array, capacity);
        return array;
    }
}
