using System.Globalization;
using Mnemo.Memories;
using Mnemo.Sqlite;

namespace Mnemo.State;

/// <summary>
/// Makes a control state anew where the former one is damaged or missing: with everything that can still be read of it,
/// and with everybody opted out whose choice may be lost. The former files are set aside, not deleted.
/// </summary>
public static class ControlRecovery
{
    /// <summary>The directory beside the control state into which former files go.</summary>
    public const string AsideDirectory = "set-aside";

    private const string NewSuffix = ".recovered";
    private static readonly string[] Suffixes = ["", "-wal", "-shm"];

    /// <summary>The files beside a control state that nothing but a control state makes.</summary>
    public static IReadOnlyList<string> RemainsOf(string controlPath)
        => [.. Suffixes.Skip(1).Append(NewSuffix).Select(suffix => controlPath + suffix).Append(ControlMark.PathOf(controlPath)).Where(file => new FileInfo(file) is { Exists: true, Length: > 0 })];

    /// <summary>What can still be read; changes nothing.</summary>
    public static Task<SalvageReport> InspectAsync(string controlPath, CancellationToken cancellation)
        => Task.Run(() => Report(SalvagedState.Read(controlPath, isWholeLog: true)), cancellation);

    /// <summary>Makes the new control state and puts it into place. It may be repeated after a crash.</summary>
    /// <param name="controlPath">Where it lies.</param>
    /// <param name="people">Everybody who is known to have said something.</param>
    /// <param name="memories">How many memories there are.</param>
    /// <param name="completeAsync">Writes what else belongs into it.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellation">Stops before anything was put into place.</param>
    /// <returns>The directory that the former files were moved to; null when there were none.</returns>
    public static async Task<string?> RebuildAsync(
        string controlPath, IReadOnlyCollection<KnownPerson> people, long memories, Func<ControlStore, Task> completeAsync, TimeProvider clock, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(completeAsync);
        var made = controlPath + NewSuffix;
        if (!await IsCompleteAsync(made, clock, cancellation))
        {
            Discard(controlPath);
            var salvaged = await Task.Run(() => SalvagedState.Read(controlPath, isWholeLog: true), cancellation);
            await using var control = await ControlStore.OpenAsync(made, clock, cancellation);
            await control.WriteAsync(c => Fill(c, salvaged, people, memories, control.Now), cancellation);
            await completeAsync(control);
            // The last thing to be written: without it, what a crash has left is made again.
            await control.WriteAsync(c => StateValues.Set(c, StateValues.RecoveredAt, control.Now), cancellation);
        }

        var aside = SetAside(controlPath, clock);
        File.Move(made, controlPath);
        File.Move(ControlMark.PathOf(made), ControlMark.PathOf(controlPath), overwrite: true);
        return aside;
    }

    /// <summary>Removes what a recovery has left that was not finished and is not needed any more.</summary>
    public static void Discard(string controlPath)
    {
        foreach (var suffix in Suffixes) File.Delete(controlPath + NewSuffix + suffix);
        File.Delete(ControlMark.PathOf(controlPath + NewSuffix));
    }

    private static SalvageReport Report(SalvagedState state) => new(
        state.Waiting.Count, state.Choices.Count, state.Settings, state.Salt is null ? 0 : state.Erasures,
        [.. state.Users.Select(user => new KnownPerson(user.Platform, user.User, ""))]);

    private static async Task<bool> IsCompleteAsync(string made, TimeProvider clock, CancellationToken cancellation)
    {
        if (!File.Exists(made)) return false;
        try
        {
            await using var control = await ControlStore.OpenAsync(made, clock, cancellation);
            return await control.ReadAsync(c => StateValues.Time(c, StateValues.RecoveredAt), cancellation) is not null;
        }
        catch (ControlStoreException)
        {
            return false;
        }
    }

    private static void Fill(PreparedConnection c, SalvagedState salvaged, IReadOnlyCollection<KnownPerson> people, long memories, long now)
    {
        if (salvaged.Salt is { } salt) StateValues.Set(c, StateValues.Salt, salt);
        StateValues.Set(c, StateValues.StoredTotal, memories);
        StateValues.Set(c, StateValues.LedgerLostAt, now);
        salvaged.WriteTo(c, afterNumber: 0);
        salvaged.WriteUnconfirmedTo(c);
        c.Execute(LossCheck.Recount);
        foreach (var person in people)
        {
            var id = PersonIds.Of(person.Platform, person.Id);
            var chosen = c.Scalar("SELECT mode FROM privacy WHERE platform = $1 AND user IN ($2, $3)", person.Platform, id, PersonHash.Of(c, person.Platform, id)) as string;
            if (chosen != nameof(PrivacyMode.Off))
                c.Execute("INSERT INTO unconfirmed VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING", person.Platform, id, person.Name, chosen ?? nameof(PrivacyMode.On), now);
            // Silence reaches memories by the name that they bear, so it is kept under the name as it was written, too.
            foreach (var written in new[] { id, person.Id }.Distinct(StringComparer.Ordinal))
            {
                c.Execute("INSERT INTO privacy VALUES ($1, $2, $3, $4) ON CONFLICT DO UPDATE SET mode = excluded.mode, changed_at = excluded.changed_at WHERE mode <> excluded.mode",
                    person.Platform, written, nameof(PrivacyMode.Off), now);
            }
        }
    }

    private static string? SetAside(string controlPath, TimeProvider clock)
    {
        string[] former = [.. Suffixes.Select(suffix => controlPath + suffix).Append(ControlMark.PathOf(controlPath)).Where(File.Exists)];
        if (former.Length == 0) return null;
        var stamp = clock.GetUtcNow().ToString("yyyyMMdd-HHmmss-fff", CultureInfo.InvariantCulture);
        var aside = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(controlPath)!, AsideDirectory, stamp)).FullName;
        foreach (var file in former) File.Move(file, Path.Combine(aside, Path.GetFileName(file)));
        return aside;
    }
}

/// <summary>What can still be read of a control state.</summary>
/// <param name="Waiting">Messages that wait.</param>
/// <param name="Choices">Privacy choices other than "on".</param>
/// <param name="Settings">Settings of conversations.</param>
/// <param name="Erasures">People who were forgotten.</param>
/// <param name="People">Everybody whom it names.</param>
public sealed record SalvageReport(int Waiting, int Choices, int Settings, int Erasures, IReadOnlyList<KnownPerson> People);

/// <summary>Somebody who is known to have said something.</summary>
/// <param name="Platform">The platform.</param>
/// <param name="Id">The platform's user id.</param>
/// <param name="Name">A name they used; empty when none is known.</param>
public sealed record KnownPerson(string Platform, string Id, string Name);
