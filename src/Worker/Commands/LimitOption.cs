using System.CommandLine;
using System.Globalization;

namespace EcgIntegration.Worker.Commands;

/// <summary>The option <c>--limit N</c> of whatever lists.</summary>
internal static class LimitOption
{
    /// <summary>Creates it.</summary>
    /// <param name="say">The language of its texts.</param>
    /// <param name="unlessGiven">N where it is not given.</param>
    /// <param name="most">The largest N.</param>
    /// <param name="description">What is limited; by default just how many.</param>
    public static Option<int> Create(Say say, int unlessGiven, int most, string? description = null) => new("--limit")
    {
        HelpName = "N",
        DefaultValueFactory = _ => unlessGiven,
        Description = description ?? say($"How many, at most {most}.", $"件数(最大 {most})。"),
        CustomParser = result =>
        {
            if (result.Tokens is [var token]
                && int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1 && value <= most)
            {
                return value;
            }

            result.AddError(say($"--limit must be a whole number from 1 to {most}", $"--limit は1から{most}までの整数で指定してください"));
            return 0;
        },
    };
}
