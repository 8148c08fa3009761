using Mnemo.Backends;
using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Localization;
using Mnemo.Recall;
using Mnemo.Storage;

namespace Mnemo.Plugin.Config;

/// <summary>
/// The one list of settings. Validation, <c>validate_config</c>, <c>plugin.json</c>, <c>config.example.json</c> and the
/// README's table are made from it. Names and meanings of the ancestor are kept where they exist.
/// </summary>
public static class ConfigSchema
{
    private static readonly Lazy<IReadOnlyList<ConfigKey>> AllKeys = new(() => [.. Compose()]);
    private static readonly Lazy<Dictionary<string, ConfigKey>> ByPath = new(() => Keys.ToDictionary(k => k.Path, StringComparer.Ordinal));

    /// <summary>Every setting, in the order of the documentation.</summary>
    public static IReadOnlyList<ConfigKey> Keys => AllKeys.Value;

    /// <summary>The backend when nothing else is said: the first that keeps its contents and needs no server.</summary>
    public static Backend DefaultBackend =>
        KnownBackends.All.First(b => b.Capabilities.HasFlag(Capabilities.Durable | Capabilities.Embedded));

    /// <summary>The setting of a dotted key; null when there is none.</summary>
    public static ConfigKey? Find(string path) => ByPath.Value.GetValueOrDefault(path);

    /// <summary>Whether a name is a group of settings, as <c>web_interface</c>.</summary>
    public static bool IsGroup(string path) => Keys.Any(k => k.Path.StartsWith(path + ".", StringComparison.Ordinal));

    private static IEnumerable<ConfigKey> Compose()
    {
        var options = KnownBackends.All.SelectMany(b => b.Options).Select(OfBackend).ToList();
        var taken = options.Select(o => o.Path).ToHashSet(StringComparer.Ordinal);
        var backend = new ConfigKey("vector_database_type", ConfigType.Choice, DefaultBackend.Name) { Allowed = [.. KnownBackends.All.Select(b => b.Name)] };
        return [backend, .. options, .. General(), .. Recall(), .. Service(), .. NotUsedYet().Where(k => !taken.Contains(k.Path))];
    }

    internal static ConfigKey OfBackend(BackendOption option) => Kind(option) with { Summary = option.Summary, IsUsed = option.IsUsed, IsSecret = option.IsSecret };

    private static ConfigKey Kind(BackendOption option) => option switch
    {
        { IsNumber: true } => new ConfigKey(option.Key, ConfigType.WholeNumber, long.Parse(option.Default)) { Min = 1, Max = int.MaxValue },
        { Allowed.Count: > 0 } => new ConfigKey(option.Key, ConfigType.Text, option.Default) { Allowed = option.Allowed },
        _ => new ConfigKey(option.Key, ConfigType.Text, option.Default),
    };

    private static IEnumerable<ConfigKey> General() =>
    [
        Text("collection_name", StoreSettings.DefaultCollection) with { Shape = ("config.shape.collection", IsCollectionName) },
        new("language", ConfigType.Choice, "auto") { Allowed = ["auto", .. Strings.Languages] },
        Text("bot_name", "Mnemo") with { Shape = ("config.shape.name", v => v.Trim().Length is > 0 and <= 80) },
        Text("persona", MemoryScope.DefaultPersona) with { Shape = ("config.shape.persona", IsScopePart) },
        new("admins", ConfigType.List, (IReadOnlyList<string>)[]),
        Flag("use_personality_filtering", true),
        Flag("use_session_filtering", true),
        Whole("num_pairs", Captured.NumPairs, 1, 1000),
        Whole("summary_check_task.SUMMARY_TIME_THRESHOLD_SECONDS", Captured.IdleMs / 1000, -1, 2_000_000),
        Whole("embedding_dim", 512, 64, 4096),
    ];

    private static IEnumerable<ConfigKey> Recall() =>
    [
        Whole("top_k", 10, 1, 100),
        Whole("recall.token_budget", Recalled.TokenBudget, 50, 100_000),
        Number("recall.similarity_floor", Rounded(Recalled.SimilarityFloor), -1, 1),
        Number("recall.confidence_floor", Rounded(Recalled.ConfidenceFloor), 0, 1),
        Whole("recall.postings_budget", Recalled.TextSearch.PostingsBudget, 1000, 10_000_000),
    ];

    private static IEnumerable<ConfigKey> Service() =>
    [
        Whole("outbox_limit", Captured.OutboxLimit, 100, 100_000_000),
        Whole("capture.max_message_length", Captured.MaxMessageLength, 500, 1_000_000),
        Whole("guard.timeout_ms", Guarded.TimeoutMs, 100, 3_600_000),
        Whole("guard.retries", Guarded.Retries, 0, 100),
        Whole("guard.retry_delay_ms", Guarded.RetryDelayMs, 1, 60_000),
        Whole("guard.batch_rows", Guarded.MaxBatchRows, 1, 100_000),
        Whole("guard.batch_kib", Guarded.MaxBatchBytes / 1024, 1024, 1_048_576),
        new("logging.level", ConfigType.Choice, "information") { Allowed = LogLevels },
        new("logging.console_level", ConfigType.Choice, "warning") { Allowed = LogLevels },
        Whole("logging.file_mib", 10, 1, 10_240),
        Whole("logging.files", 5, 1, 1000),
    ];

    /// <summary>Settings, most of them the ancestor's, that wait for the features of later versions.</summary>
    private static IEnumerable<ConfigKey> NotUsedYet()
    {
        ConfigKey[] keys =
        [
            // An idle conversation is noticed when it is due, so nothing has to be looked for in intervals.
            Whole("summary_check_task.SUMMARY_CHECK_INTERVAL_SECONDS", 60, 1, 86_400),
            Text("LLM_providers"), Text("summary_llm_config"), Text("milvus_lite_path"), Text("address"),
            Secret("authentication.token"), Text("authentication.user"), Secret("authentication.password"), Text("db_name", "default"),
            Text("embedding_provider_id"), Text("embedding_service"), Secret("embedding_key"), Text("embedding_url"), Text("embedding_model"),
            Whole("max_prompt_chars_for_embedding", 4000, 100, 1_000_000), Whole("contexts_memory_len", 0, -1, 10_000),
            new("memory_injection_method", ConfigType.Choice, "user_prompt") { Allowed = ["user_prompt", "system_prompt", "insert_system_prompt"] },
            new("memory_injection_position", ConfigType.Choice, "append") { Allowed = ["prepend", "append"] },
            Text("long_memory_prompt"), Text("long_memory_prefix", "<Mnemosyne>"), Text("long_memory_suffix", "</Mnemosyne>"),
            Text("memory_entry_format", "- [{time}] {content}"),
            Flag("use_participant_filtering", false), Flag("personality_fallback", false),
            new("platform_blacklist", ConfigType.List, (IReadOnlyList<string>)[]),
            Flag("enable_explicit_memory_capture", true), Flag("use_lightweight_memory_graph", true), Flag("use_summary_time_anchor", true),
            Number("milvus_search_timeout", 5, 0.1, 3600),
            Flag("web_interface.enabled", false), Text("web_interface.host", "127.0.0.1"), Whole("web_interface.port", 8765, 1, 65_535),
            Flag("web_interface.auth_enabled", true), Secret("web_interface.access_token"), Flag("web_interface.auto_stop_enabled", true),
            Whole("web_interface.idle_timeout_minutes", 30, 1, 10_080), Flag("web_interface.auto_port_selection", true),
        ];
        return keys.Select(k => k with { IsUsed = false });
    }

    // The defaults are those of the parts themselves, so that they stand in one place.
    private static readonly RecallOptions Recalled = new();
    private static readonly CaptureOptions Captured = new();
    private static readonly GuardOptions Guarded = new();

    private static readonly string[] LogLevels = ["debug", "information", "warning", "error"];

    private static ConfigKey Text(string path, string fallback = "") => new(path, ConfigType.Text, fallback);

    private static ConfigKey Secret(string path) => new(path, ConfigType.Text, "") { IsSecret = true };

    private static ConfigKey Flag(string path, bool fallback) => new(path, ConfigType.Bool, fallback);

    private static ConfigKey Whole(string path, long fallback, long min, long max) => new(path, ConfigType.WholeNumber, fallback) { Min = min, Max = max };

    private static ConfigKey Number(string path, double fallback, double min, double max) => new(path, ConfigType.Number, fallback) { Min = min, Max = max };

    /// <summary>A float as the decimal number that was meant.</summary>
    private static double Rounded(float value) => Math.Round(value, 4);

    private static bool IsCollectionName(string name) =>
        name.Length is > 0 and <= 255 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
        && !StoreAddress.IsGeneration(name);

    private static bool IsScopePart(string name)
    {
        try
        {
            _ = new MemoryScope("check", "check", "check", "check", persona: name);
            return true;
        }
        catch (InvalidScopeException)
        {
            return false;
        }
    }
}
