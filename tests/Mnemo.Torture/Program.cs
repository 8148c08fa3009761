using System.CommandLine;
using Mnemo.Torture;

var root = new RootCommand("Treats Mnemo badly and checks that it keeps its word.") { KillVerb.Define() };
return await root.Parse(args).InvokeAsync();
