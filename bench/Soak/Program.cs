using System.CommandLine;
using EcgIntegration.Soak;

var ecgs = new Option<int>("--ecgs") { Description = "How many different ECGs.", DefaultValueFactory = _ => 50_000 };
var window = new Option<int>("--window") { Description = "Most ECGs without an outcome at a time.", DefaultValueFactory = _ => 64 };
var interval = new Option<int>("--every") { Description = "Seconds between two samples.", DefaultValueFactory = _ => 15 };
var root = new RootCommand("Sends ECGs through a real worker on servers of its own, and watches memory, connections and queues.") { ecgs, window, interval };
root.SetAction((parsed, cancellationToken) => SoakRun.RunAsync(
    new SoakOptions(parsed.GetValue(ecgs), parsed.GetValue(window), TimeSpan.FromSeconds(parsed.GetValue(interval))), cancellationToken));
return await root.Parse(args).InvokeAsync();
