using Mnemo.Backends;
using Mnemo.Capture;
using Mnemo.Indexing;
using Mnemo.Memories;
using Mnemo.Recall;
using Mnemo.Storage;

namespace Mnemo.Plugin.Config;

/// <summary>The checked configuration. A class, not a record, so that nothing prints its values by accident.</summary>
public sealed class MnemoConfig
{
    private readonly IReadOnlyDictionary<string, object> _values;

    internal MnemoConfig(IReadOnlyDictionary<string, object> values, string dataDirectory, string? file, string language)
    {
        (_values, DataDirectory, File, Language) = (values, dataDirectory, file, language);
        Backend = KnownBackends.Find(Text("vector_database_type"));
        BackendOptions = KnownBackends.All.SelectMany(b => b.Options)
            .ToDictionary(o => o.Key, o => ConfigChecker.Plain(Value(o.Key)), StringComparer.Ordinal);
    }

    /// <summary>Everything that is written lies under this absolute directory.</summary>
    public string DataDirectory { get; }

    /// <summary>The file it was read from; null when there is none.</summary>
    public string? File { get; }

    /// <summary><c>en</c> or <c>zh-CN</c>: "auto" is decided already.</summary>
    public string Language { get; }

    /// <summary>The backend that the configuration asks for; the router may know of another one.</summary>
    public Backend Backend { get; }

    /// <summary>The options of every backend, by dotted key.</summary>
    public IReadOnlyDictionary<string, string> BackendOptions { get; }

    /// <summary>The collection that the configuration asks for.</summary>
    public string Collection => Text("collection_name");

    /// <summary>The bot's name in a chat.</summary>
    public string BotName => Text("bot_name");

    /// <summary>The personality that listens.</summary>
    public string Persona => Text("persona");

    /// <summary>User ids that may use the admin commands, on every platform.</summary>
    public IReadOnlyList<string> Admins => (IReadOnlyList<string>)Value("admins");

    /// <summary>Whether personas keep their memories apart.</summary>
    public bool UsePersonalityFiltering => (bool)Value("use_personality_filtering");

    /// <summary>Whether a conversation sees only its own memories.</summary>
    public bool UseSessionFiltering => (bool)Value("use_session_filtering");

    /// <summary>Exchanges per window: a message of either side each.</summary>
    public int NumPairs => Whole("num_pairs");

    /// <summary>Silence that ends a session; −1 for never.</summary>
    public int IdleMs => Whole("summary_check_task.SUMMARY_TIME_THRESHOLD_SECONDS") is > 0 and var seconds ? seconds * 1000 : -1;

    /// <summary>Floats per vector of the local embedder.</summary>
    public int EmbeddingDimension => Whole("embedding_dim");

    /// <summary>Memories per answer at most.</summary>
    public int TopK => Whole("top_k");

    /// <summary>Tokens of recalled memories at most.</summary>
    public int TokenBudget => Whole("recall.token_budget");

    /// <summary>Below this cosine a memory found by its vector alone is not used.</summary>
    public double SimilarityFloor => (double)Value("recall.similarity_floor");

    /// <summary>Below this confidence the bot says that it does not know.</summary>
    public double ConfidenceFloor => (double)Value("recall.confidence_floor");

    /// <summary>How messages are gathered.</summary>
    public CaptureOptions CaptureOptions => new(NumPairs, IdleMs, Math.Min(new CaptureOptions().BatchRows, Whole("guard.batch_rows")), Whole("outbox_limit"), Whole("capture.max_message_length"));

    /// <summary>How recall weighs what it finds.</summary>
    public RecallOptions RecallOptions => new()
    {
        SimilarityFloor = (float)SimilarityFloor,
        ConfidenceFloor = (float)ConfidenceFloor,
        TokenBudget = TokenBudget,
        TextSearch = new TextSearchOptions { PostingsBudget = Whole("recall.postings_budget") },
    };

    /// <summary>The limits that every store is held to.</summary>
    public GuardOptions GuardOptions => new(
        Whole("guard.batch_rows"), Whole("guard.batch_kib") * 1024, Whole("guard.timeout_ms"), Whole("guard.retries"), Whole("guard.retry_delay_ms"));

    /// <summary>A setting that is a whole number.</summary>
    public int Whole(string path) => checked((int)(long)Value(path));

    /// <summary>A setting as text. For a secret this is the secret itself: show it nowhere.</summary>
    public string Text(string path) => (string)Value(path);

    /// <summary>How to open a collection of a backend with these settings.</summary>
    public StoreSettings StoreSettings(string collection, EmbeddingFingerprint embedding, TimeProvider clock) =>
        new(DataDirectory, collection, embedding) { Options = BackendOptions, Clock = clock };

    /// <inheritdoc />
    public override string ToString() => $"{Backend.Name}#{Collection} in {DataDirectory}";

    internal object Value(string path) =>
        _values.TryGetValue(path, out var value) ? value : (ConfigSchema.Find(path) ?? throw new ArgumentException($"'{path}' is not a setting.", nameof(path))).Default;
}
