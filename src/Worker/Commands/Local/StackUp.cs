namespace EcgIntegration.Worker.Commands.Local;

/// <summary>What <c>ecg up</c> found and did.</summary>
/// <param name="Endpoints">Where everything is.</param>
/// <param name="Running">Parts that ran before, or run elsewhere.</param>
/// <param name="Replaced">Why a running worker was replaced.</param>
/// <param name="Kept">Settings that the worker keeps from its start before, by key.</param>
internal sealed record StackUp(
    Endpoints Endpoints, IReadOnlyList<string> Running, (string En, string Ja)? Replaced, IReadOnlyList<string> Kept);
