using System.Globalization;
using EcgIntegration.Contracts.Events;
using EcgIntegration.Persistence.Models;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Suggestions;

namespace EcgIntegration.Worker.Commands.Operations.Models;

/// <summary>A model as <c>ecg models --json</c> shows it.</summary>
/// <param name="Sha256">Its identity; <see langword="null"/> for a bundle that cannot be read.</param>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Roles">What it is there for; empty where nothing is known.</param>
/// <param name="Labels">Labels of its catalogue.</param>
/// <param name="Suggestible">Labels it can suggest.</param>
/// <param name="Path">Where it lies; <see langword="null"/> for a model without a bundle here.</param>
/// <param name="Problem">Why it cannot be used, in English.</param>
internal sealed record ModelLine(
    string? Sha256,
    string? Name,
    string? Version,
    IReadOnlyList<ModelRole> Roles,
    int? Labels,
    int? Suggestible,
    string? Path,
    string? Problem)
{
    public static ModelLine Of(CataloguedBundle bundle, IReadOnlyList<ModelRole> roles) => bundle.Bundle is { } usable
        ? new(
            usable.ModelSha256, usable.Card.Name, usable.Card.Version, roles, usable.Labels.Count, SuggestionScope.Of(usable).Suggestible.Count, bundle.Folder, null)
        : new(null, null, null, [], null, null, bundle.Folder, bundle.Problem);

    public static ModelLine Missing(string sha256, string? name, IReadOnlyList<ModelRole> roles) => new(
        sha256, name, null, roles, null, null, null, "No usable bundle of it is here: put it into Model:Bundles, or give its role to another.");

    public static void WriteTable(Terminal terminal, IReadOnlyList<ModelLine> lines)
    {
        var table = new TextTable(
            "SHA-256", terminal.Say("Name", "名称"), terminal.Say("Version", "バージョン"), terminal.Say("Role", "役割"),
            terminal.Say("Labels (suggested)", "ラベル(提示可能)"), terminal.Say("Folder", "フォルダー"));
        foreach (var line in lines)
        {
            table.Add(
                line.Sha256 is { } sha256 ? ModelUnavailableException.Short(sha256) : "-",
                line.Name ?? "-",
                line.Version ?? "-",
                string.Join(' ', line.Roles.Select(role => RoleName(terminal, role))),
                line.Labels is { } labels ? string.Create(CultureInfo.InvariantCulture, $"{labels} ({line.Suggestible})") : "-",
                line.Path ?? terminal.Say("missing", "なし"));
        }

        table.Write(terminal);
        foreach (var line in lines.Where(line => line.Problem is not null))
        {
            terminal.Output.WriteLine($"{line.Path ?? ModelUnavailableException.Short(line.Sha256!)}: {line.Problem}");
        }
    }

    public static string RoleName(Terminal terminal, ModelRole role) => terminal.Say(WireName.Of(role), role is ModelRole.Active ? "稼働" : "シャドー");
}
