using System.Security.Cryptography;

namespace Mnemo.Plugin.Commands;

/// <summary>Destructive commands that wait for a "yes": for a minute, once, and only from whoever asked, in the same conversation.</summary>
public sealed class Confirmations(TimeProvider clock)
{
    /// <summary>How long a "yes" counts.</summary>
    public const int LifetimeMs = 60_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (CommandCall Call, PendingConfirmation Pending)> _waiting = new(StringComparer.Ordinal);

    /// <summary>Keeps a call; an earlier one of the same asker in the same place is forgotten.</summary>
    public PendingConfirmation Keep(CommandCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        var now = clock.GetUtcNow();
        var pending = new PendingConfirmation(RandomNumberGenerator.GetHexString(16, lowercase: true), now.AddMilliseconds(LifetimeMs));
        lock (_gate)
        {
            foreach (var old in _waiting.Where(w => w.Value.Pending.ExpiresAt <= now).Select(w => w.Key).ToList()) _waiting.Remove(old);
            _waiting[KeyOf(call.Caller)] = (call, pending);
        }

        return pending;
    }

    /// <summary>Hands the waiting call out, once.</summary>
    /// <param name="caller">Who says yes.</param>
    /// <param name="token">Which one, when the surface knows; null for the only one.</param>
    public CommandCall? Take(CommandCaller caller, string? token)
    {
        ArgumentNullException.ThrowIfNull(caller);
        lock (_gate)
        {
            if (!_waiting.TryGetValue(KeyOf(caller), out var waiting)) return null;
            if (token is not null && token != waiting.Pending.Token) return null;
            _waiting.Remove(KeyOf(caller));
            return waiting.Pending.ExpiresAt > clock.GetUtcNow() ? waiting.Call : null;
        }
    }

    private static string KeyOf(CommandCaller caller) => $"{caller.Scope.Conversation}\n{caller.Speaker.Id}";
}
