using System.Text.Json;

namespace EcgIntegration.Contracts.Events;

/// <summary>The lower-case form in which enumerations travel in events, HTTP answers and the ledger.</summary>
public static class WireName
{
    /// <summary>The wire form of a value, for example <c>classified</c>.</summary>
    public static string Of<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>Reads a wire form exactly; anything else is <see langword="false"/>.</summary>
    public static bool TryParse<T>(string? text, out T value) where T : struct, Enum
    {
        foreach (var candidate in Enum.GetValues<T>())
        {
            if (Of(candidate) == text)
            {
                value = candidate;
                return true;
            }
        }

        value = default;
        return false;
    }
}
