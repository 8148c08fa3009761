namespace Mnemo.Plugin.Commands;

/// <summary>Replies as plain lines: for redirected output, logs of a pipe, and platforms without formatting.</summary>
public static class PlainReplies
{
    /// <summary>The lines of a reply.</summary>
    public static IEnumerable<string> Render(CommandReply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        return reply.Blocks.SelectMany(Render);
    }

    private static IEnumerable<string> Render(ReplyBlock block) => block switch
    {
        ReplyBlock.Paragraph p => [TextWidth.Harmless(p.Text)],
        ReplyBlock.Heading h => [TextWidth.Harmless(h.Text)],
        ReplyBlock.Notice n => [$"{Mark(n.Kind)} {TextWidth.Harmless(n.Text)}"],
        ReplyBlock.Rows r => Rows(r.Items),
        ReplyBlock.Table t => Table([t.Headers, .. t.Lines]),
        ReplyBlock.Attachment a => a.Lines,
        _ => [],
    };

    /// <summary>The mark in front of a notice.</summary>
    internal static string Mark(NoticeKind kind) => kind switch
    {
        NoticeKind.Success => "✓",
        NoticeKind.Failure => "✗",
        NoticeKind.Warning => "!",
        _ => "·",
    };

    private static IEnumerable<string> Rows(IReadOnlyList<(string Name, string Value)> items)
    {
        var width = items.Select(i => TextWidth.Of(i.Name)).DefaultIfEmpty(0).Max();
        return items.Select(i => $"  {TextWidth.Pad(TextWidth.Harmless(i.Name), width)}  {TextWidth.Harmless(i.Value)}".TrimEnd());
    }

    private static IEnumerable<string> Table(IReadOnlyList<IReadOnlyList<string>> lines)
    {
        var clean = lines.Select(l => l.Select(TextWidth.Harmless).ToList()).ToList();
        var widths = Enumerable.Range(0, clean[0].Count).Select(c => clean.Max(l => TextWidth.Of(l[c]))).ToList();
        return clean.Select(l => string.Join("  ", l.Select((cell, c) => TextWidth.Pad(cell, widths[c]))).TrimEnd());
    }
}
