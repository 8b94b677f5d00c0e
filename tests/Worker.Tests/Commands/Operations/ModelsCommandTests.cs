using System.Text.Json.Nodes;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Persistence.Models;
using EcgIntegration.TestKit;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace EcgIntegration.Worker.Tests.Commands.Operations;

public sealed class ModelsCommandTests(PostgresFixture postgres, RabbitMqFixture rabbit)
{
    [Fact]
    public async Task Models_are_listed_activated_and_given_back_while_a_worker_runs()
    {
        await using var bench = await ModelBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartAsync();
        var pool = worker.Services.GetRequiredService<IModelPool>();
        TestBundle.Create(new AbstentionRule(0, 0, 0), folder: bench.Folder("broken"));
        File.AppendAllText(Path.Combine(bench.Folder("broken"), BundleFiles.Labels), " ");

        var before = await JsonAsync(bench);
        Assert.Equal(["active"], RolesOf(before, bench.First));
        Assert.Empty(RolesOf(before, bench.Second));
        Assert.Equal(98, (int)Line(before, bench.First)["labels"]!);
        Assert.Equal(TestBundle.Calibrated.Count - 1, (int)Line(before, bench.First)["suggestible"]!);
        Assert.Contains("labels.json is not the file", (string?)Assert.Single(before, line => line["sha256"] is null)["problem"], StringComparison.Ordinal);

        var activated = await bench.ModelsAsync("activate", "second", "--why", "fewer misses", "--json");
        Assert.Equal((0, ""), (activated.ExitCode, activated.Error));
        Assert.True((bool)JsonNode.Parse(activated.Output)!["changed"]!);
        await Eventually.TrueAsync("the worker follows", () => pool.Active.Sha256 == bench.Second);
        Assert.Equal(["active"], RolesOf(await JsonAsync(bench), bench.Second));

        var shadow = await bench.ModelsAsync("shadow", bench.First[..8].ToUpperInvariant(), "--why", "as before", "--lang", "ja");
        Assert.Equal((0, $"シャドーを first ({bench.First[..12]}) にしました。"), (shadow.ExitCode, shadow.Output.TrimEnd()));
        var back = await bench.ModelsAsync("activate", bench.First, "--why", "it was not");
        Assert.Equal(0, back.ExitCode);
        Assert.Contains("in the shadow at once", back.Error, StringComparison.Ordinal);
        await Eventually.TrueAsync("the worker follows back", () => pool.Active.Sha256 == bench.First && pool.Shadow?.Sha256 == bench.First);
        Assert.Equal(["active", "shadow"], RolesOf(await JsonAsync(bench), bench.First));
        Assert.Contains("already", (await bench.ModelsAsync("activate", "first", "--why", "again")).Output, StringComparison.Ordinal);
        var itself = await bench.ModelsAsync("shadow", "first", "--why", "again");
        Assert.Contains("in the shadow at once", itself.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await bench.ModelsAsync("shadow", "off", "--why", "compared")).ExitCode);

        var history = (await bench.ModelsAsync("history", "--json")).Output.TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(["compared", "it was not", "as before", "fewer misses"], history.Select(change => (string?)change["why"]));
        Assert.Equal((bench.Second, bench.First), ((string?)history[1]["fromSha256"], (string?)history[1]["toSha256"]));
        Assert.All(history, change => Assert.Equal($"{Environment.UserName}@shell", (string?)change["by"]));
        Assert.Contains("fewer misses", (await bench.ModelsAsync("history", "--lang", "ja")).Output, StringComparison.Ordinal);
        Assert.Equal(
            [$"activate Model/{bench.Second}", $"shadow Model/{bench.First}", $"activate Model/{bench.First}", $"activate Model/{bench.First}", $"shadow Model/{bench.First}", "shadow Model/off"],
            await bench.QueryAsync("SELECT action, resource FROM audit ORDER BY sequence"));
    }

    [Fact]
    public async Task What_cannot_be_run_or_told_apart_gets_no_role()
    {
        await using var bench = await ModelBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartAsync();
        TestBundle.Create(new AbstentionRule(0, 0, 0), folder: bench.Folder("again"), name: "second");
        TestBundle.Create(encoder: new() { Leads = 8 }, folder: bench.Folder("eight"), name: "eight");

        await RefusedAsync("several bundles", "activate", "second");
        await RefusedAsync("No usable bundle is called 'third'", "activate", "third");
        await RefusedAsync("No usable bundle is called 'abc'", "shadow", "abc");
        await RefusedAsync("model.onnx must have one input", "activate", "eight");
        Assert.Empty(await bench.QueryAsync("SELECT 1 FROM model_role_history"));

        async Task RefusedAsync(string sentence, params string[] arguments)
        {
            var result = await bench.ModelsAsync([.. arguments, "--why", "why not"]);
            Assert.Equal((1, ""), (result.ExitCode, result.Output));
            Assert.Contains(sentence, Assert.Single(result.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_role_without_a_bundle_here_is_listed_as_missing()
    {
        await using var bench = await ModelBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartAsync();
        await ModelBench.AssignAsync(worker, ModelRole.Shadow, bench.Second);
        Directory.Move(bench.Folder("second"), bench.Folder("second.tmp"));

        var line = Line(await JsonAsync(bench), bench.Second);
        Assert.Equal((null, "shadow"), ((string?)line["path"], (string?)line["roles"]![0]));
        Assert.Contains("missing", (await bench.ModelsAsync()).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_comparison_counts_and_names_the_ecgs_that_would_change()
    {
        await using var bench = await ModelBench.CreateAsync(postgres, rabbit);
        await using var worker = await bench.StartAsync();
        var none = await bench.ModelsAsync("compare");
        Assert.Equal((1, ""), (none.ExitCode, none.Output));
        Assert.Contains("No model is in the shadow", none.Error, StringComparison.Ordinal);

        await ModelBench.AssignAsync(worker, ModelRole.Shadow, bench.Second);
        for (var i = 0; i < 8; i++)
        {
            await bench.Events.OutcomeAsync(await bench.Events.PublishAsync(ModelBench.Ecg(i)));
        }

        await Eventually.TrueAsync("the shadow has read them", async () => (await bench.QueryAsync("SELECT 1 FROM shadow_result")).Count == 8);
        await bench.QueryAsync("UPDATE study SET urgency = 'urgent' WHERE id = (SELECT id FROM study WHERE urgency = 'review' ORDER BY id LIMIT 1)");
        var expected = await bench.QueryAsync(
            """
            SELECT s.id FROM study s JOIN shadow_result r ON r.study_id = s.id
            WHERE (s.status, s.urgency) <> (r.status, r.urgency)
              OR ARRAY(SELECT x->>'code' FROM jsonb_array_elements(s.suggestions) x ORDER BY 1) <> ARRAY(SELECT x->>'code' FROM jsonb_array_elements(r.suggestions) x ORDER BY 1)
            """);
        Assert.NotEmpty(expected);

        var lines = (await bench.ModelsAsync("compare", "--json", "--since", "1h")).Output.TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(("summary", bench.Second, 0), ((string?)lines[0]["kind"], (string?)lines[0]["shadowSha256"], (int)lines[0]["unread"]!));
        Assert.Equal((8, 8 - expected.Count), ((int)lines[0]["counts"]!["compared"]!, (int)lines[0]["counts"]!["same"]!));
        Assert.Equal(expected.Order(), lines.Skip(1).Select(line => (string)line["studyId"]!).Order());
        Assert.Equal("stopsBeingUrgent", (string?)lines[1]["effect"]);

        var table = (await bench.ModelsAsync("compare", "--lang", "ja")).Output;
        Assert.Contains("緊急でなくなる", table, StringComparison.Ordinal);
        Assert.Contains(expected[0], table, StringComparison.Ordinal);
        Assert.Contains("\"compared\":8", (await bench.ModelsAsync("compare", "--json", "--model", bench.Second)).Output, StringComparison.Ordinal);
        Assert.Contains("\"compared\":0", (await bench.ModelsAsync("compare", "--json", "--since", "2100-01-01")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_database_the_bundles_are_listed_and_their_roles_unknown()
    {
        using var run = new TemporaryFolder();
        var result = await EcgProcess.RunAsync(
            ["models", "--json"],
            new Dictionary<string, string> { ["ECG_RUN"] = run.Path, ["ECG_Model__Path"] = Repository.Model, ["ECG_Model__Bundles"] = run.Path, ["LANG"] = "C.UTF-8" },
            TestContext.Current.CancellationToken);

        Assert.Equal(0, result.ExitCode);
        var line = JsonNode.Parse(Assert.Single(result.Output.TrimEnd().Split('\n')))!;
        Assert.Equal(ModelBundle.Load(Repository.Model).ModelSha256, (string?)line["sha256"]);
        Assert.Empty(line["roles"]!.AsArray());
        Assert.Contains("Roles are unknown", result.Error, StringComparison.Ordinal);
    }

    private static async Task<List<JsonNode>> JsonAsync(ModelBench bench)
    {
        var result = await bench.ModelsAsync("--json");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return [.. result.Output.TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!)];
    }

    private static JsonNode Line(List<JsonNode> lines, string sha256) => Assert.Single(lines, line => (string?)line["sha256"] == sha256);

    private static string[] RolesOf(List<JsonNode> lines, string sha256) => [.. Line(lines, sha256)["roles"]!.AsArray().Select(role => (string)role!)];
}
