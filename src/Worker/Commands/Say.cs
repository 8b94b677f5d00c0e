namespace EcgIntegration.Worker.Commands;

/// <summary>Chooses between the English and the Japanese form of a sentence.</summary>
internal delegate string Say(string en, string ja);
