using System.CommandLine;
using Mnemo.Bench.Ack;
using Mnemo.Bench.Scale;
using Mnemo.Bench.Start;
using Mnemo.Bench.Vectors;

var root = new RootCommand("Measures Mnemo beside a peer or beside the bare hardware, in the same run. Build it with -c Release.")
{
    AckVerb.Define(),
    StoredVerb.Define(),
    ScaleVerb.Define(),
    ProbeVerb.Define(),
    VectorsVerb.Define(),
    StartVerb.Define(),
};
return await root.Parse(args).InvokeAsync();
