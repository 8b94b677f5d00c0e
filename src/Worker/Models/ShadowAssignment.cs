using EcgIntegration.Worker.Classification;

namespace EcgIntegration.Worker.Models;

/// <summary>The model in the shadow, and since when: it reads what finished since then.</summary>
internal sealed record ShadowAssignment(LoadedModel Model, DateTimeOffset Since);
