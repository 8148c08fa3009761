using Microsoft.Data.Sqlite;

namespace Mnemo.State;

/// <summary>A message that waits, as its row has it.</summary>
/// <param name="Number">Its place in the order of arrival.</param>
/// <param name="Platform">The platform.</param>
/// <param name="Message">The platform's message id.</param>
/// <param name="Speaker">The platform's user id.</param>
/// <param name="IsQuestion">Whether it only counts as a message of its session.</param>
/// <param name="QueuedAt">When it arrived, in Unix milliseconds.</param>
/// <param name="Payload">The message.</param>
/// <param name="Checksum">Its checksum; null in a row of a version that made none.</param>
internal sealed record WaitingMessage(long Number, string Platform, string Message, string Speaker, bool IsQuestion, long QueuedAt, byte[] Payload, long? Checksum)
{
    /// <summary>Whether it is as it was when it came, as far as its checksum can tell.</summary>
    public bool IsWhole => Checksum is null || Checksum == MessageChecksum.Of(Platform, Message, Speaker, IsQuestion, QueuedAt, Payload);

    /// <summary>Reads the columns in the order of the parameters.</summary>
    public static WaitingMessage Read(SqliteDataReader r) => new(
        r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetBoolean(4), r.GetInt64(5), r.GetFieldValue<byte[]>(6), r.IsDBNull(7) ? null : r.GetInt64(7));
}
