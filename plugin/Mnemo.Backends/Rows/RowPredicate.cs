using Mnemo.Memories;

namespace Mnemo.Backends.Rows;

/// <summary>What the columns say of a row. Ordered, so that "and" is the smaller and "or" the greater of two.</summary>
internal enum Verdict
{
    Fail,

    /// <summary>Only the record itself can tell.</summary>
    Ask,

    Pass,
}

/// <summary>A <see cref="MemoryFilter"/> made ready to run over the columns of a directory, as they are now.</summary>
internal abstract class RowPredicate
{
    public static RowPredicate Always { get; } = new Constant(Verdict.Pass);

    public abstract Verdict Of(int ordinal);

    public static RowPredicate From(MemoryFilter filter, RowDirectory rows) => filter switch
    {
        MemoryFilter.AllOf { Parts.Count: 0 } => Always,
        MemoryFilter.AllOf all => new All([.. all.Parts.Select(p => From(p, rows))]),
        MemoryFilter.AnyOf any => new Any([.. any.Parts.Select(p => From(p, rows))]),
        MemoryFilter.Negation not => new Opposite(From(not.Part, rows)),
        MemoryFilter.TextIn { Field: TextField.Text } or MemoryFilter.TextContains => new Constant(Verdict.Ask),
        MemoryFilter.TextIn { Values: [var only] } one => new Code(rows.Texts[(int)one.Field], rows.Strings.Find(only)),
        MemoryFilter.TextIn many => new Codes(rows.Texts[(int)many.Field], [.. many.Values.Select(rows.Strings.Find).Where(c => c != StringTable.Unknown)]),
        MemoryFilter.IdIn ids => new OneOf(rows.Ids, [.. ids.Values.Select(i => i.Value)]),
        MemoryFilter.NumberRange range => new Between(Column(rows, range.Field), range.Min ?? long.MinValue, range.Max ?? long.MaxValue, range.Field == NumberField.ValidTo),
        _ => new Constant(Verdict.Ask),
    };

    private static long[] Column(RowDirectory rows, NumberField field) => field switch
    {
        NumberField.Id => rows.Ids,
        NumberField.At => rows.At,
        NumberField.RecordedAt => rows.RecordedAt,
        NumberField.ValidTo => rows.ValidTo,
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };

    private sealed class Constant(Verdict verdict) : RowPredicate
    {
        public override Verdict Of(int ordinal) => verdict;
    }

    private sealed class All(RowPredicate[] parts) : RowPredicate
    {
        public override Verdict Of(int ordinal)
        {
            var least = Verdict.Pass;
            foreach (var part in parts)
            {
                var verdict = part.Of(ordinal);
                if (verdict == Verdict.Fail) return Verdict.Fail;
                if (verdict < least) least = verdict;
            }

            return least;
        }
    }

    private sealed class Any(RowPredicate[] parts) : RowPredicate
    {
        public override Verdict Of(int ordinal)
        {
            var most = Verdict.Fail;
            foreach (var part in parts)
            {
                var verdict = part.Of(ordinal);
                if (verdict == Verdict.Pass) return Verdict.Pass;
                if (verdict > most) most = verdict;
            }

            return most;
        }
    }

    private sealed class Opposite(RowPredicate part) : RowPredicate
    {
        public override Verdict Of(int ordinal) => part.Of(ordinal) switch
        {
            Verdict.Fail => Verdict.Pass,
            Verdict.Pass => Verdict.Fail,
            _ => Verdict.Ask,
        };
    }

    private sealed class Code(int[] column, int code) : RowPredicate
    {
        public override Verdict Of(int ordinal) => column[ordinal] == code ? Verdict.Pass : Verdict.Fail;
    }

    private sealed class Codes(int[] column, HashSet<int> codes) : RowPredicate
    {
        public override Verdict Of(int ordinal) => codes.Contains(column[ordinal]) ? Verdict.Pass : Verdict.Fail;
    }

    private sealed class OneOf(long[] ids, HashSet<long> wanted) : RowPredicate
    {
        public override Verdict Of(int ordinal) => wanted.Contains(ids[ordinal]) ? Verdict.Pass : Verdict.Fail;
    }

    private sealed class Between(long[] column, long min, long max, bool mayBeNever) : RowPredicate
    {
        public override Verdict Of(int ordinal)
        {
            var value = column[ordinal];
            return value >= min && value <= max && !(mayBeNever && value == RowEntry.Never) ? Verdict.Pass : Verdict.Fail;
        }
    }
}
