using System.Text.RegularExpressions;

namespace EcgIntegration.Worker.Fhir.Search;

/// <summary>The name of a search parameter: <c>name:modifier</c>, or <c>name:Type.chained:modifier</c>.</summary>
/// <param name="Name">The parameter.</param>
/// <param name="Modifier">What follows its colon, or <see langword="null"/>.</param>
/// <param name="Chained">What follows its point, or <see langword="null"/>.</param>
internal sealed partial record ParameterName(string Name, string? Modifier, ParameterName? Chained)
{
    private const int LongestShown = 64;

    public static ParameterName Parse(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var (own, chained) = point < 0 ? (text, null) : (text[..point], Parse(text[(point + 1)..]));
        var colon = own.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? new(own, null, chained) : new(own[..colon], own[(colon + 1)..], chained);
    }

    /// <summary>The name as an answer may repeat it: only where it is plain, since what a client mistypes can be anything.</summary>
    public static string Shown(string text) => IsPlain(text) ? text : "?";

    /// <summary>The place of a parameter in an OperationOutcome: the whole address where its name is not repeated.</summary>
    public static string Expression(string text) => IsPlain(text) ? HttpPlace.Of(text) : HttpPlace.Url;

    private static bool IsPlain(string text) => text.Length <= LongestShown && Plain().IsMatch(text);

    [GeneratedRegex(@"\A[A-Za-z0-9_.:-]+\z")]
    private static partial Regex Plain();
}
