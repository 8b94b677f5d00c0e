using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace EcgIntegration.Worker.Fhir.Search;

/// <summary>The parameters of a search, from the query string and, for <c>POST _search</c>, from its form as well.</summary>
internal static class SearchForm
{
    public const int LargestBody = 64 * 1024;

    private const string ContentType = "application/x-www-form-urlencoded";

    /// <summary>The parameters of the query string, in their order.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> OfQuery(HttpRequest request) => Pairs(request.Query);

    /// <summary>The parameters of the query string and of the form, or what is wrong with it.</summary>
    public static async Task<(IReadOnlyList<KeyValuePair<string, string>> Parameters, FhirProblem? Problem)> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.ContentType is null && request.ContentLength is 0 or null && request.Headers.TransferEncoding.Count == 0)
        {
            return (OfQuery(request), null);
        }

        var type = request.GetTypedHeaders().ContentType?.MediaType.Value;
        if (!ContentType.Equals(type, StringComparison.OrdinalIgnoreCase))
        {
            return ([], SearchProblems.FormExpected.At("http.Content-Type"));
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = LargestBody;
        }

        try
        {
            var options = new FormOptions
            {
                ValueCountLimit = SearchRequestReader.MaximumParameters + 1,
                KeyLengthLimit = LargestBody,
                ValueLengthLimit = LargestBody,
            };
            var form = await request.ReadFormAsync(options, context.RequestAborted);
            return ([.. Pairs(request.Query), .. Pairs(form)], null);
        }
        catch (InvalidDataException)
        {
            // More parameters than are counted; its message names the limit only, but this one names both.
            return ([], SearchProblems.TooMany.At(HttpPlace.Url, SearchRequestReader.MaximumParameters, SearchRequestReader.MaximumValues));
        }
    }

    private static IReadOnlyList<KeyValuePair<string, string>> Pairs(IEnumerable<KeyValuePair<string, StringValues>> parameters) =>
        [.. parameters.SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value ?? "")))];
}
