using System.Globalization;
using System.Text;
using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Recall;

namespace Mnemo.Bench.Scale;

/// <summary>
/// Made-up talk with the shape of real talk: word frequencies after Zipf and Mandelbrot, the commonest words being real
/// English ones, lengths of chat messages, ten people, sessions of some dozens of messages. The same number gives the
/// same message, in any order.
/// </summary>
internal sealed class Talk
{
    private const int Words = 30_000, SessionLength = 40;
    private const double Shift = 2.7, Exponent = 1.07;
    private static readonly DateTimeOffset Start = new(2023, 1, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly string[] People = ["Ana", "Ben", "Chen", "Dora", "Emil", "Farah", "Goran", "Hana", "Ivo", "Jun"];
    private static readonly string[] Syllables = ["ba", "co", "di", "fen", "gar", "hu", "jin", "kel", "lo", "mar", "nu", "pol", "ri", "san", "tev", "ul", "vo", "wen", "xi", "zor"];

    private static readonly string[] Common =
    [
        "the", "to", "and", "a", "of", "in", "i", "is", "that", "it", "for", "you", "was", "with", "on", "as", "have", "but", "be", "they", "my", "we", "at", "this",
        "not", "are", "so", "had", "me", "he", "she", "from", "by", "or", "an", "there", "what", "if", "all", "when", "one", "can", "about", "your", "will", "just",
    ];

    private readonly int _seed;
    private readonly string[] _vocabulary;
    private readonly double[] _cumulative;
    private readonly int _scopes;

    public Talk(int seed, int scopes = 1)
    {
        _seed = seed;
        _scopes = scopes;
        _vocabulary = Vocabulary(new Random(seed));
        _cumulative = new double[Words];
        var sum = 0d;
        for (var rank = 0; rank < Words; rank++) _cumulative[rank] = sum += Math.Pow(rank + Shift, -Exponent);
    }

    /// <summary>The scope that a message was said in.</summary>
    public MemoryScope Scope(int number) => ScopeOf(string.Create(CultureInfo.InvariantCulture, $"channel-{number / SessionLength % _scopes}"), Person(number));

    /// <summary>Somebody in a channel of the made-up guild.</summary>
    public static MemoryScope ScopeOf(string channel, string person) => new("bench", "guild", channel, person.ToLowerInvariant());

    /// <summary>The author of a message asks about it.</summary>
    public RecallQuery Ask(int number) => new(Scope(number), new Speaker(Person(number).ToLowerInvariant(), Person(number)), Question(number));

    public ChatMessage Message(int number)
    {
        var person = Person(number);
        return new ChatMessage(string.Create(CultureInfo.InvariantCulture, $"b{number}"), Scope(number), new Speaker(person.ToLowerInvariant(), person), Text(number), At(number));
    }

    public string Session(int number) => string.Create(CultureInfo.InvariantCulture, $"{Scope(number).Conversation}#{At(number / SessionLength * SessionLength).ToUnixTimeMilliseconds()}");

    // Some of its words, in their order, behind a question word.
    private string Question(int number)
    {
        var random = RandomOf(number, 1);
        string[] words = [.. Text(number).TrimEnd('.').Split(' ').Where(w => !Common.Contains(w, StringComparer.OrdinalIgnoreCase)).Distinct(StringComparer.OrdinalIgnoreCase)];
        var wanted = Math.Min(words.Length, random.Next(2, 8));
        var chosen = Enumerable.Range(0, words.Length).OrderBy(_ => random.Next()).Take(wanted).Order().Select(i => words[i].ToLowerInvariant());
        return $"What did we say about {string.Join(' ', chosen)}?";
    }

    private string Text(int number)
    {
        var random = RandomOf(number, 0);
        // A logarithmic normal distribution around 14 words, as in chats.
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var length = Math.Clamp((int)Math.Round(Math.Exp(2.65 + (0.55 * normal))), 3, 80);
        var text = new StringBuilder();
        for (var i = 0; i < length; i++) text.Append(i == 0 ? "" : " ").Append(Word(random));
        text[0] = char.ToUpperInvariant(text[0]);
        return text.Append('.').ToString();
    }

    private string Word(Random random)
    {
        var at = Array.BinarySearch(_cumulative, random.NextDouble() * _cumulative[^1]);
        return _vocabulary[Math.Min(Words - 1, at < 0 ? ~at : at)];
    }

    private string Person(int number) => People[RandomOf(number, 2).Next(People.Length)];

    private static DateTimeOffset At(int number) => Start.AddHours(5d * (number / SessionLength)).AddSeconds(20 * (number % SessionLength));

    private Random RandomOf(int number, int purpose) => new(unchecked((_seed * 486_187_739) + (number * 16_777_619) + purpose));

    private static string[] Vocabulary(Random random)
    {
        HashSet<string> words = new(Common, StringComparer.Ordinal);
        while (words.Count < Words) words.Add(string.Concat(Enumerable.Range(0, random.Next(2, 5)).Select(_ => Syllables[random.Next(Syllables.Length)])));
        return [.. words];
    }
}
