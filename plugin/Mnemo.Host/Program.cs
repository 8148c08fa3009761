using System.CommandLine;
using Mnemo.Host;
using Mnemo.Host.Demo;
using Mnemo.Host.Eval;
using Mnemo.Localization;

// Each verb is a few lines: read the configuration, start the bot, let the plugin do the work, give an exit code.
var strings = Strings.For("auto");
var common = new CommonOptions(strings);
var root = new RootCommand(strings["cli.mnemo"])
{
    common.Config,
    common.Data,
    ChatVerb.Make(common, strings),
    MemoryVerb.Make(common, strings),
    TransferVerbs.Import(common, strings),
    TransferVerbs.Export(common, strings),
    RecoverVerb.Make(common, strings),
    EvalVerb.Make(common, strings),
    DemoVerb.Make(strings),
};
ChatVerb.AttachTo(root, common);
return await CommandLine.InvokeAsync(root, args, strings);
