using System.CommandLine;
using Mnemo.Bench.Vectors;

var root = new RootCommand("Measures Mnemo beside a peer or beside the bare hardware, in the same run. Build it with -c Release.")
{
    VectorsVerb.Define(),
};
return await root.Parse(args).InvokeAsync();
