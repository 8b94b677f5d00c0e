namespace EcgIntegration.Contracts;

/// <summary>
/// Why an ECG ended as it did: a stable code, the place it concerns and one sentence in each language.
/// The sentences are fixed texts and numbers: they never quote free text from the input, because reasons
/// travel in outcome events and logs, where nothing that identifies a patient may appear.
/// </summary>
/// <param name="Code">Stable kebab-case code; every code is listed in <c>docs/reason-codes.md</c>.</param>
/// <param name="Where">Place in the input, such as <c>component[8]</c>, or <see langword="null"/> for the whole.</param>
/// <param name="En">What is wrong and what to do, in English.</param>
/// <param name="Ja">The same in Japanese.</param>
public sealed record Reason(string Code, string? Where, string En, string Ja);
