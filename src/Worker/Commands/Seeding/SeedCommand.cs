using System.CommandLine;
using System.Globalization;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Persistence.Seeding;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Commands.Local;
using EcgIntegration.Worker.Commands.Operations;

namespace EcgIntegration.Worker.Commands.Seeding;

/// <summary>
/// <c>ecg seed</c>: fills the database with invented studies of invented patients, made from the samples, for measuring and for
/// trying an EHR's queries out. It never mixes them with others unasked.
/// </summary>
internal static class SeedCommand
{
    private const int Most = 10_000_000;
    private const int Share = 2_000;

    /// <summary>Creates the verb.</summary>
    public static Command Create(Say say)
    {
        var count = new Argument<int>("N")
        {
            CustomParser = result =>
            {
                if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value is >= 1 and <= Most)
                {
                    return value;
                }

                result.AddError(say($"N must be a whole number from 1 to {Most}", $"N は1から{Most}までの整数で指定してください"));
                return 0;
            },
            Description = say("How many invented studies the database is to hold.", "データベースに用意する架空の検査の件数。"),
        };
        var anyway = new Option<bool>("--anyway")
        {
            Description = say("Also in a database that holds other ECGs.", "他の心電図があるデータベースにも追加します。"),
        };
        var command = new Command("seed", say(
            "Fill the database with invented studies for measuring and trying out; what is there already counts.",
            "計測と試用のため、架空の検査をデータベースに用意します（既存分を含む件数）。"))
        {
            count, anyway,
        };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(Terminal.Of(parsed), parsed.GetValue(count), parsed.GetValue(anyway), cancellationToken));
        return command;
    }

    private static Task<int> RunAsync(Terminal terminal, int count, bool anyway, CancellationToken cancellationToken) =>
        LedgerAccess.UseAsync(async services =>
        {
            var seeding = services.GetRequiredService<ISeeding>();
            var state = await seeding.StateAsync(cancellationToken);
            if (state.HasOthers && !anyway)
            {
                terminal.Warn(
                    "The database holds other ECGs: invented ones would stand among them. Use another database, or --anyway.",
                    "データベースには他の心電図があります。架空の検査が混ざるため、別のデータベースを使うか --anyway を付けてください。");
                return 1;
            }

            if (state.Seeded < count)
            {
                var bundle = ModelBundle.Load(Path.GetFullPath(new LocalSettings().ModelPath, Places.Home));
                await using var classifier = EcgClassifier.Load(bundle, new ModelOptions { Device = Device.Cpu, MaxDelay = TimeSpan.Zero }, TimeProvider.System);
                var templates = await SeedTemplates.MakeAsync(
                    new LoadedModel(bundle, classifier, classifier.Model), Path.Combine(Places.Home, "samples"), cancellationToken);
                for (var done = state.Seeded; done < count; done += Share)
                {
                    await seeding.WriteAsync(templates, done, Math.Min(Share, count - done), cancellationToken);
                    var now = Math.Min(count, done + Share);
                    terminal.Progress($"{now} of {count} studies", $"{now} / {count} 件");
                }
            }

            var held = Math.Max(count, state.Seeded);
            terminal.Output.WriteLine(terminal.Json
                ? $$"""{"studies":{{held}},"added":{{Math.Max(0, count - state.Seeded)}}}"""
                : terminal.Say($"The database holds {held} invented studies.", $"データベースには架空の検査が{held}件あります。"));
            return 0;
        });
}
