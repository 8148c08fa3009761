using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Mnemo.Host.Demo;

/// <summary>Puts what a console recorded into the frame of a terminal, as a page that stands alone.</summary>
internal static partial class DemoPicture
{
    // In pixels, as the style of the frame says.
    private const double LineHeight = 18.2;
    private const double FrameHeight = 132;

    public static async Task WriteAsync(string path, string recorded, string title, CancellationToken cancellation)
    {
        var frame = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "assets", "demo", "picture.html"), cancellation);
        var lines = OuterElement().Replace(recorded, "").TrimEnd();
        var page = frame
            .Replace("{height}", ((int)Math.Ceiling(FrameHeight + (LineHeight * (lines.Count(c => c == '\n') + 1)))).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{title}", WebUtility.HtmlEncode(title), StringComparison.Ordinal)
            .Replace("{lines}", lines, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, page, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), cancellation);
    }

    [GeneratedRegex("^<pre[^>]*>|</pre>\\s*$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OuterElement();
}
