using System.IO.Hashing;
using System.Text;
using LiteDB;
using Mnemo.Storage;

namespace Mnemo.Backends.Faiss;

/// <summary>The stamp of a collection as LiteDB keeps it, with a checksum.</summary>
internal static class StampDocument
{
    public static BsonDocument From(StoreStamp stamp) => new()
    {
        ["_id"] = 1, ["set"] = stamp.SetId, ["mark"] = stamp.Mark, ["copy_of"] = stamp.CopyOf ?? "", ["copied_until"] = stamp.CopiedUntil, ["sum"] = Sum(stamp),
    };

    public static StoreStamp Read(BsonDocument document)
    {
        var stamp = new StoreStamp(document["set"].AsString, document["mark"].AsInt64)
        {
            CopyOf = document["copy_of"].AsString is { Length: > 0 } original ? original : null,
            CopiedUntil = document["copied_until"].AsInt64,
        };
        return Sum(stamp) == document["sum"].AsInt64 ? stamp : throw new InvalidDataException("The stamp does not agree with its checksum.");
    }

    private static long Sum(StoreStamp stamp) => (long)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{stamp.SetId} {stamp.Mark} {stamp.CopyOf} {stamp.CopiedUntil}"));
}
