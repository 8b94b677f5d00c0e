using EcgIntegration.Persistence.Review;

namespace EcgIntegration.Worker.Review;

/// <summary>What of the list a request asks for; its links keep what they do not change.</summary>
/// <param name="After">Where the urgent studies start; <see langword="null"/> for the first.</param>
/// <param name="AllTime">Urgent studies of any age, not only those of the last 24 hours.</param>
/// <param name="Refresh">Whether the browser asks again by itself.</param>
internal sealed record ListView(ReviewPlace? After = null, bool AllTime = false, bool Refresh = true)
{
    private const string Period = "period";
    private const string Everything = "all";
    private const string Refreshing = "refresh";
    private const string Off = "off";

    /// <summary>Reads the query; a cursor that is none means the first page, for a list must not fail to show what is urgent.</summary>
    public static ListView Of(IQueryCollection query) => new(
        ReviewCursor.Parse(query[ReviewCursor.Parameter]), query[Period] == Everything, query[Refreshing] != Off);

    /// <summary>The address of this view.</summary>
    public string Href()
    {
        string?[] parts =
        [
            AllTime ? $"{Period}={Everything}" : null,
            Refresh ? null : $"{Refreshing}={Off}",
            After is null ? null : $"{ReviewCursor.Parameter}={ReviewCursor.Format(After)}",
        ];
        var query = string.Join('&', parts.Where(part => part is not null));
        return query.Length == 0 ? "/" : "/?" + query;
    }
}
