using Mnemo.Plugin.Commands;
using Xunit;

namespace Mnemo.Tests.Commands;

public sealed class PlainRepliesTests
{
    [Fact]
    public void Columns_line_up_with_Chinese_text_in_them()
    {
        var table = new ReplyBlock.Table(["id", "name", "text"], [["1", "团子", "a"], ["22", "Bob", "b"]]);

        var lines = PlainReplies.Render(CommandReply.Ok(table)).ToList();

        Assert.Equal(["id  name  text", "1   团子  a", "22  Bob   b"], lines);
    }

    [Fact]
    public void What_was_remembered_cannot_steer_the_terminal()
    {
        var reply = CommandReply.Ok(new ReplyBlock.Paragraph("a\u001b[2Jb\u202Ec\nd\u0007"));

        Assert.Equal(["a[2Jbc d"], PlainReplies.Render(reply));
    }

    [Fact]
    public void Marks_tell_success_from_failure()
    {
        Assert.Equal(["✓ done"], PlainReplies.Render(CommandReply.Ok("done")));
        Assert.Equal(["✗ not done"], PlainReplies.Render(CommandReply.Failed("not done")));
    }

    [Fact]
    public void Long_text_is_cut_by_its_width_and_not_by_its_letters()
    {
        Assert.Equal("团子团…", TextWidth.Cut("团子团子团子", 7));
        Assert.Equal("short", TextWidth.Cut("short", 7));
    }
}
