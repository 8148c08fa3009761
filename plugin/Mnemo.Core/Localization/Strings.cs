using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace Mnemo.Localization;

/// <summary>
/// Every text that a person reads, in one language. Placeholders are those of composite formatting, and
/// <c>{0:memory|memories}</c> chooses by the number: the first form for exactly one, else the second.
/// </summary>
public sealed class Strings
{
    /// <summary>The language when nothing else is said.</summary>
    public const string English = "en";

    /// <summary>Simplified Chinese.</summary>
    public const string Chinese = "zh-CN";

    private static readonly string[] LocaleVariables = ["LC_ALL", "LC_MESSAGES", "LANG"];
    private static readonly ConcurrentDictionary<string, Strings> Loaded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _texts;

    private Strings(string language, Dictionary<string, string> texts) => (Language, _texts) = (language, texts);

    /// <summary>The languages there are.</summary>
    public static IReadOnlyList<string> Languages { get; } = [English, Chinese];

    /// <summary>The language of this object: <see cref="English"/> or <see cref="Chinese"/>.</summary>
    public string Language { get; }

    /// <summary>All keys, for the tests that compare the languages.</summary>
    public IReadOnlyDictionary<string, string> All => _texts;

    /// <summary>The text of a key, filled in. A key that does not exist comes back as itself, so that nothing is lost.</summary>
    public string this[string key, params object?[] arguments] =>
        !_texts.TryGetValue(key, out var text) ? key
        : arguments is null or [] ? text
        : string.Format(PluralFormat.Instance, text, arguments);

    /// <summary>Whether the key exists; for texts that have a fallback elsewhere.</summary>
    public bool Has(string key) => _texts.ContainsKey(key);

    /// <summary>The texts of a language: <c>en</c>, <c>zh-CN</c>, or anything else for the locale's.</summary>
    public static Strings For(string language)
    {
        var known = Languages.Contains(language, StringComparer.Ordinal) ? language : OfLocale(Environment.GetEnvironmentVariable);
        return Loaded.GetOrAdd(known, static l => Load(l));
    }

    /// <summary>The language that the locale variables ask for; culture data is switched off in this program.</summary>
    public static string OfLocale(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var locale = LocaleVariables.Select(environment).FirstOrDefault(v => !string.IsNullOrEmpty(v));
        return locale is not null && locale.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Chinese : English;
    }

    private static Strings Load(string language)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "assets", "strings", language + ".json");
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in json.RootElement.EnumerateObject()) texts.Add(text.Name, text.Value.GetString()!);
        return new Strings(language, texts);
    }

    internal sealed class PluralFormat : IFormatProvider, ICustomFormatter
    {
        public static readonly PluralFormat Instance = new();

        public object? GetFormat(Type? formatType) => formatType == typeof(ICustomFormatter) ? this : null;

        public string Format(string? format, object? arg, IFormatProvider? formatProvider)
        {
            if (format is not null && format.IndexOf('|', StringComparison.Ordinal) is var bar and >= 0)
            {
                var isOne = Convert.ToDecimal(arg, CultureInfo.InvariantCulture) == 1;
                return isOne ? format[..bar] : format[(bar + 1)..];
            }

            return arg is IFormattable formattable ? formattable.ToString(format, CultureInfo.InvariantCulture) : arg?.ToString() ?? "";
        }
    }
}
