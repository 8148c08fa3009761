using System.CommandLine;
using Mnemo.Torture;
using Mnemo.Torture.Mutation;

var root = new RootCommand("Treats Mnemo badly and checks that it keeps its word.") { KillVerb.Define(), MutateVerb.Define() };
return await root.Parse(args).InvokeAsync();
