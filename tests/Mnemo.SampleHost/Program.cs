using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Plugin;
using Mnemo.Plugin.Hosting;
using Mnemo.Recall;

// A bot of somebody else: ten lines give it a memory. The data directory is the first argument.

var builder = Host.CreateApplicationBuilder();
builder.Services.AddMnemo(mnemo => mnemo.DataDirectory = args[0]);
using var host = builder.Build();
await host.StartAsync();
var mnemo = host.Services.GetRequiredService<MnemoRuntime>();
var (here, ana) = (new MemoryScope("sample", "guild", "general", "ana"), new Speaker("ana", "Ana"));
await mnemo.Intake.AcceptAsync(new ChatMessage("1", here, ana, "My dog is called Biscuit.", At: null), default);
await mnemo.Worker.DrainAsync(default);
var found = await mnemo.Recaller.RecallAsync(new RecallQuery(here, ana, "What is my dog called?"), default);
Console.WriteLine(found.Hits[0].Memory.Text);
await host.StopAsync();
