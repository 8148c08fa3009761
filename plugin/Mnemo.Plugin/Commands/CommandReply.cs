namespace Mnemo.Plugin.Commands;

/// <summary>The answer to a command as neutral data; each surface renders it its own way.</summary>
/// <param name="IsSuccess">False turns into exit code 1 and a red mark.</param>
/// <param name="Blocks">What to show, in order.</param>
public sealed record CommandReply(bool IsSuccess, IReadOnlyList<ReplyBlock> Blocks)
{
    /// <summary>Whether it is the preview of something that acts only when it is confirmed.</summary>
    public bool IsPreview { get; init; }

    /// <summary>How to confirm a preview within the next minute; null when nothing waits for that.</summary>
    public PendingConfirmation? Confirmation { get; init; }

    /// <summary>Whether the command did not understand its arguments: exit code 64.</summary>
    public bool IsUsageProblem { get; init; }

    /// <summary>It worked.</summary>
    public static CommandReply Ok(params IReadOnlyList<ReplyBlock> blocks) => new(true, blocks);

    /// <summary>It worked, and that in one sentence.</summary>
    public static CommandReply Ok(string text) => new(true, [new ReplyBlock.Notice(NoticeKind.Success, text)]);

    /// <summary>It did not work; the text names the remedy.</summary>
    public static CommandReply Failed(string text) => new(false, [new ReplyBlock.Notice(NoticeKind.Failure, text)]);

    /// <summary>The line could not be understood.</summary>
    public static CommandReply Misused(params IReadOnlyList<string> lines) => new(false,
        [.. lines.Select((line, i) => (ReplyBlock)(i == 0 ? new ReplyBlock.Notice(NoticeKind.Failure, line) : new ReplyBlock.Paragraph(line)))])
    {
        IsUsageProblem = true,
    };
}

/// <summary>A piece of a reply.</summary>
public abstract record ReplyBlock
{
    private ReplyBlock()
    {
    }

    /// <summary>Running text.</summary>
    public sealed record Paragraph(string Text) : ReplyBlock;

    /// <summary>A line above what follows.</summary>
    public sealed record Heading(string Text) : ReplyBlock;

    /// <summary>A line with a mark.</summary>
    public sealed record Notice(NoticeKind Kind, string Text) : ReplyBlock;

    /// <summary>Names and values.</summary>
    public sealed record Rows(IReadOnlyList<(string Name, string Value)> Items) : ReplyBlock;

    /// <summary>A table.</summary>
    public sealed record Table(IReadOnlyList<string> Headers, IReadOnlyList<IReadOnlyList<string>> Lines) : ReplyBlock;

    /// <summary>A file for the asker: printed as it is in the console, attached elsewhere.</summary>
    public sealed record Attachment(string FileName, IReadOnlyList<string> Lines) : ReplyBlock;
}

/// <summary>The mark of a notice.</summary>
public enum NoticeKind
{
    /// <summary>Done.</summary>
    Success,

    /// <summary>Worth knowing.</summary>
    Info,

    /// <summary>Look at this.</summary>
    Warning,

    /// <summary>Not done.</summary>
    Failure,
}

/// <summary>A destructive command that waits for its asker.</summary>
/// <param name="Token">Names it at a click; used once.</param>
/// <param name="ExpiresAt">When it is forgotten.</param>
public sealed record PendingConfirmation(string Token, DateTimeOffset ExpiresAt);
