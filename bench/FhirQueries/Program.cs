using System.CommandLine;
using EcgIntegration.FhirQueries;

var sizes = new Option<int[]>("--studies")
{
    Description = "Sizes of the database, rising.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [10_000, 100_000],
};
var requests = new Option<int>("--requests") { Description = "Requests of each kind at each size.", DefaultValueFactory = _ => 1_000 };
var root = new RootCommand("Measures the queries of an EHR over HTTP on a real worker and servers of its own.") { sizes, requests };
root.SetAction((parsed, cancellationToken) => QueryRun.RunAsync(parsed.GetValue(sizes)!, parsed.GetValue(requests), cancellationToken));
return await root.Parse(args).InvokeAsync();
