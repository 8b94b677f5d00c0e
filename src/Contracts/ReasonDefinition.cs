using System.Globalization;

namespace EcgIntegration.Contracts;

/// <summary>A reason code with its sentences; placeholders <c>{0}</c>, <c>{1}</c> … take numbers or names from closed vocabularies only.</summary>
/// <param name="Code">Stable kebab-case code.</param>
/// <param name="En">English sentence, a composite format string.</param>
/// <param name="Ja">Japanese sentence, a composite format string with the same placeholders.</param>
public sealed record ReasonDefinition(string Code, string En, string Ja)
{
    /// <summary>The reason at a place in the input.</summary>
    /// <param name="where">Place such as <c>component[8]</c>; <see langword="null"/> for the whole input.</param>
    /// <param name="values">Numbers, lead names or codes that the sentences name. Never free text from the input.</param>
    public Reason At(string? where, params ReadOnlySpan<object> values) => new(
        Code,
        where,
        string.Format(CultureInfo.InvariantCulture, En, values),
        string.Format(CultureInfo.InvariantCulture, Ja, values));
}
