using Microsoft.Extensions.DependencyInjection;
using Mnemo.Localization;
using Mnemo.Plugin;
using Mnemo.Plugin.Commands;
using Mnemo.Tests.Commands;
using Mnemo.Tests.Harness;
using Mnemo.Tests.Recovery;
using Xunit;

namespace Mnemo.Tests.Hosting;

public sealed class OpeningStoreTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Status_answers_while_the_store_does_not_open()
    {
        using var bot = new BotDirectory();
        await bot.RunAsync(runtime => bot.SayAsync(runtime, "ana", "My dog is called Biscuit."));
        var manifest = Directory.GetFiles(Path.Combine(bot.Path, "faiss_data"), "manifest.json", SearchOption.AllDirectories).Single();
        using var held = new FileStream(manifest, FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        using var host = MnemoServices.CreateHost(bot.Config).Build();
        await host.StartAsync(Now);
        var commands = host.Services.GetRequiredService<CommandRunner>();
        var status = await commands.RunTextAsync("/memory status", TestBot.Operator(), "m1", Strings.For(Strings.English), Now).WaitAsync(Eventually.Longest, Now);
        Assert.Contains("the store is being opened", string.Join('\n', PlainReplies.Render(status)), StringComparison.Ordinal);
        await host.StopAsync(Now);
    }
}
