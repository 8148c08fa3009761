using Mnemo.Plugin.Commands;
using Mnemo.Plugin.Config;
using Mnemo.Plugin.Hosting;
using Mnemo.Localization;
using Mnemo.State;

namespace Mnemo.Plugin.Recovery;

/// <summary><c>mnemo recover</c>: says what is lost and what is kept, and acts when that is confirmed.</summary>
internal static class RecoverCommand
{
    private const int ShownPeople = 50;

    public static async Task<CommandReply> RunAsync(MnemoConfig config, RecoveryOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        var strings = Strings.For(config.Language);
        if (!Directory.Exists(config.DataDirectory)) return CommandReply.Ok(Info(strings["recover.nothing", config.DataDirectory]));
        using var held = DataDirectoryLock.Take(config.DataDirectory);
        var recovery = new StateRecovery(config, clock);
        var findings = await recovery.ExamineAsync(cancellation);
        if (options.OptIn is { } names) return findings.Need is RecoveryNeed.StateMissing or RecoveryNeed.StateDamaged
            ? CommandReply.Failed(strings["recover.first"])
            : await OptInAsync(recovery, names, strings, cancellation);
        return findings.Need switch
        {
            RecoveryNeed.None => await NoneAsync(recovery, findings, options, config, strings, cancellation),
            RecoveryNeed.StoreMissing => await StoreAsync(recovery, findings, options, config, strings, cancellation),
            _ => await StateAsync(recovery, findings, options, config, strings, cancellation),
        };
    }

    private static async Task<CommandReply> NoneAsync(
        StateRecovery recovery, RecoveryFindings findings, RecoveryOptions options, MnemoConfig config, Strings strings, CancellationToken cancellation)
    {
        if (options.EmptyStore) return CommandReply.Failed(strings["recover.store.there", config.DataDirectory]);
        if (options.Accept) return await AcceptAsync(recovery, options, config, strings, cancellation);
        if (findings is { Losses.Count: 0, Unconfirmed.Count: 0 }) return CommandReply.Ok(Info(strings["recover.nothing", config.DataDirectory]));
        List<ReplyBlock> blocks = [.. findings.Losses.Select(loss => (ReplyBlock)new ReplyBlock.Notice(NoticeKind.Warning, LossText.Of(loss, strings)))];
        if (findings.Losses.Count > 0)
        {
            if (options.IsConfirmed) await recovery.AcknowledgeLossesAsync(cancellation);
            blocks.Add(Info(strings[options.IsConfirmed ? "recover.loss.seen" : "recover.loss.confirm"]));
        }

        if (findings.Unconfirmed.Count > 0) blocks.AddRange([Info(strings["recover.unconfirmed", findings.Unconfirmed.Count]), People(findings.Unconfirmed, strings), Info(strings["recover.optin.how"])]);
        return CommandReply.Ok(blocks);
    }

    private static async Task<CommandReply> AcceptAsync(StateRecovery recovery, RecoveryOptions options, MnemoConfig config, Strings strings, CancellationToken cancellation)
    {
        if (await recovery.LookAtStoreAsync(cancellation) is not var (route, there) || there is null) return CommandReply.Ok(Info(strings["recover.nothing", config.DataDirectory]));
        if (options.IsConfirmed)
        {
            await recovery.AcceptStoreAsync(cancellation);
            return CommandReply.Ok(strings["recover.accept.done", route.Address]);
        }

        return CommandReply.Ok(
            new ReplyBlock.Rows(
            [
                (strings["recover.accept.store"], $"{route.Address}"), (strings["recover.accept.known"], route.SetId), (strings["recover.accept.there"], there.SetId ?? "–"),
                (strings["recover.accept.size"], there.Bytes is { } bytes ? MemoryLines.Bytes(bytes) : "–"),
            ]),
            new ReplyBlock.Paragraph(strings["recover.accept.would"]));
    }

    private static async Task<CommandReply> StoreAsync(
        StateRecovery recovery, RecoveryFindings findings, RecoveryOptions options, MnemoConfig config, Strings strings, CancellationToken cancellation)
    {
        var missing = findings.Store!;
        if (options is { EmptyStore: true, IsConfirmed: true })
        {
            await recovery.MakeStoreAsync(missing, cancellation);
            return CommandReply.Ok(strings["recover.store.made", missing]);
        }

        List<ReplyBlock> blocks = [new ReplyBlock.Notice(NoticeKind.Failure, strings["recover.store.missing", missing, config.DataDirectory])];
        if (findings.Stores.Count > 0) blocks.Add(new ReplyBlock.Paragraph(strings["recover.store.others", string.Join(", ", findings.Stores)]));
        blocks.AddRange([new ReplyBlock.Paragraph(strings["recover.store.lost"]), new ReplyBlock.Paragraph(strings["recover.store.ways"])]);
        return new CommandReply(!options.IsConfirmed, blocks);
    }

    private static async Task<CommandReply> StateAsync(
        StateRecovery recovery, RecoveryFindings findings, RecoveryOptions options, MnemoConfig config, Strings strings, CancellationToken cancellation)
    {
        var isMissing = findings.Need == RecoveryNeed.StateMissing;
        List<ReplyBlock> blocks = [new ReplyBlock.Notice(NoticeKind.Failure, strings[isMissing ? "recover.state.missing" : "recover.state.damaged", config.DataDirectory]), .. Lost(findings, strings), .. Kept(findings, strings)];
        if (findings.Store is null && !options.EmptyStore)
        {
            blocks.Add(new ReplyBlock.Notice(NoticeKind.Failure, findings.Stores.Count == 0 ? strings["recover.state.nostore"] : strings["recover.state.which", string.Join(", ", findings.Stores)]));
            return new CommandReply(!options.IsConfirmed, blocks);
        }

        if (!options.IsConfirmed)
        {
            blocks.Add(new ReplyBlock.Paragraph(strings["recover.state.would"]));
            return CommandReply.Ok(blocks);
        }

        var aside = await recovery.RebuildStateAsync(findings, cancellation);
        blocks.Add(new ReplyBlock.Notice(NoticeKind.Success, strings["recover.state.done", ControlPresence.PathIn(config.DataDirectory)]));
        if (aside is not null) blocks.Add(Info(strings["recover.state.aside", aside]));
        blocks.AddRange([Info(strings["recover.state.optedout"]), Info(strings["recover.optin.how"]), Info(strings["recover.state.ledger"])]);
        return CommandReply.Ok(blocks);
    }

    private static async Task<CommandReply> OptInAsync(StateRecovery recovery, IReadOnlyList<string> names, Strings strings, CancellationToken cancellation)
    {
        var (confirmed, unknown) = await recovery.OptInAsync(names, cancellation);
        if (unknown.Count > 0) return CommandReply.Failed(strings["recover.optin.unknown", string.Join(", ", unknown)]);
        return confirmed.Count == 0
            ? CommandReply.Ok(Info(strings["recover.optin.nobody"]))
            : CommandReply.Ok(new ReplyBlock.Notice(NoticeKind.Success, strings["recover.optin.done", confirmed.Count]), People(confirmed, strings));
    }

    private static IEnumerable<ReplyBlock> Lost(RecoveryFindings findings, Strings strings)
    {
        var salvage = findings.Salvage!;
        yield return new ReplyBlock.Heading(strings["recover.lost"]);
        yield return new ReplyBlock.Rows(
        [
            (strings["recover.lost.privacy"], strings["recover.readable", salvage.Choices]),
            (strings["recover.lost.ledger"], strings["recover.readable", salvage.Erasures]),
            (strings["recover.lost.settings"], strings["recover.readable", salvage.Settings]),
            (strings["recover.lost.waiting"], strings["recover.readable", salvage.Waiting]),
        ]);
    }

    private static IEnumerable<ReplyBlock> Kept(RecoveryFindings findings, Strings strings)
    {
        if (findings.Store is not { } store) yield break;
        yield return new ReplyBlock.Heading(strings["recover.kept", store, findings.Memories]);
        yield return new ReplyBlock.Table(
            [strings["recover.column.person"], strings["recover.column.name"], strings["recover.column.memories"]],
            [.. findings.Speakers.Take(ShownPeople).Select(s => (IReadOnlyList<string>)[$"{s.Person.Platform}:{s.Person.Id}", s.Person.Name, $"{s.Memories}"])]);
        if (findings.Speakers.Count > ShownPeople) yield return new ReplyBlock.Paragraph(strings["recover.more", findings.Speakers.Count - ShownPeople]);
    }

    private static ReplyBlock.Table People(IReadOnlyList<KnownPerson> people, Strings strings) => new(
        [strings["recover.column.person"], strings["recover.column.name"]], [.. people.Select(p => (IReadOnlyList<string>)[$"{p.Platform}:{p.Id}", p.Name])]);

    private static ReplyBlock.Notice Info(string text) => new(NoticeKind.Info, text);
}
