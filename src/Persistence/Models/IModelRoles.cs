namespace EcgIntegration.Persistence.Models;

/// <summary>Which model has which role, for all workers on this database, and who changed it when and why.</summary>
public interface IModelRoles
{
    /// <summary>The roles now.</summary>
    Task<ModelRoles> CurrentAsync(CancellationToken cancellationToken);

    /// <summary>Gives a role to a model, or takes it from the one that has it. Workers follow within about two seconds.</summary>
    /// <returns>The change, or <see langword="null"/> where the model has that role already: then nothing is written.</returns>
    /// <exception cref="ArgumentException">The change does not say why.</exception>
    Task<ModelRoleChange?> AssignAsync(ModelRoleRequest request, CancellationToken cancellationToken);

    /// <summary>The last changes, newest first.</summary>
    Task<IReadOnlyList<ModelRoleChange>> HistoryAsync(int limit, CancellationToken cancellationToken);
}

/// <summary>What a model is there for.</summary>
public enum ModelRole
{
    /// <summary>New ECGs are analysed by it.</summary>
    Active,

    /// <summary>It reads what the active one has read; what it says is kept and shown to nobody but the operator.</summary>
    Shadow,
}

/// <summary>The roles at a moment.</summary>
/// <param name="Active">For new ECGs; without a model each worker's default bundle.</param>
/// <param name="Shadow">In the shadow; without a model none.</param>
public sealed record ModelRoles(ModelAssignment Active, ModelAssignment Shadow);

/// <summary>A role and the model that has it.</summary>
/// <param name="Sha256">The model, or <see langword="null"/> where none was named.</param>
/// <param name="Name">Its name, for people.</param>
/// <param name="Since">Since when.</param>
public sealed record ModelAssignment(string? Sha256, string? Name, DateTimeOffset Since);

/// <summary>A change to be made.</summary>
/// <param name="Role">The role.</param>
/// <param name="Sha256">The model, or <see langword="null"/> for none.</param>
/// <param name="Name">Its name.</param>
/// <param name="By">Who asks for it.</param>
/// <param name="Why">Why; not empty.</param>
public sealed record ModelRoleRequest(ModelRole Role, string? Sha256, string? Name, string By, string Why);

/// <summary>A change that was made.</summary>
/// <param name="Role">The role.</param>
/// <param name="FromSha256">The model that had it.</param>
/// <param name="ToSha256">The model that has it since.</param>
/// <param name="ToName">Its name.</param>
/// <param name="At">When.</param>
/// <param name="By">Who asked for it.</param>
/// <param name="Why">Why.</param>
public sealed record ModelRoleChange(
    ModelRole Role, string? FromSha256, string? ToSha256, string? ToName, DateTimeOffset At, string By, string Why);
