using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using EcgIntegration.Contracts;
using EcgIntegration.Persistence.Replay;

namespace EcgIntegration.Worker.Replay;

/// <summary>Which part of a replay's result is asked for.</summary>
/// <param name="All">Unchanged and unread ECGs too.</param>
/// <param name="Count">Most ECGs of the page.</param>
/// <param name="After">The last ECG of the page before.</param>
internal sealed record ReplayPage(bool All, int Count, ReplayPlace? After)
{
    /// <summary>Most ECGs of a page.</summary>
    public const int MostCount = 1000;

    private const int UnlessGiven = 100;
    private const string CountName = "_count";
    private const string AllName = "all";
    private const string AfterName = "_after";
    private const char Separator = '-';

    /// <summary>Reads a query.</summary>
    public static bool TryRead(IQueryCollection query, [NotNullWhen(true)] out ReplayPage? page, [NotNullWhen(false)] out Reason? reason)
    {
        page = null;
        reason = null;
        var (all, count, after) = (false, UnlessGiven, (ReplayPlace?)null);
        var understood = query.All(parameter => parameter.Value is [{ } value] && parameter.Key switch
        {
            CountName => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is >= 1 and <= MostCount,
            AllName => bool.TryParse(value, out all),
            AfterName => TryReadPlace(value, out after),
            "_format" => true,
            _ => false,
        });
        if (!understood)
        {
            reason = ReplayReasons.PageInvalid.At(null, MostCount);
            return false;
        }

        page = new(all, count, after);
        return true;
    }

    /// <summary>The query of the page that follows.</summary>
    public string NextQuery(ReplayPlace last) => string.Create(
        CultureInfo.InvariantCulture,
        $"?{AllName}={(All ? "true" : "false")}&{CountName}={Count}&{AfterName}={last.Group}{Separator}{last.Rank}{Separator}{last.Ordinal}");

    private static bool TryReadPlace(string text, out ReplayPlace? place)
    {
        place = null;
        var numbers = text.Split(Separator)
            .Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (int?)null).ToList();
        if (numbers is not [{ } group, { } rank, { } ordinal])
        {
            return false;
        }

        place = new(group, rank, ordinal);
        return true;
    }
}
