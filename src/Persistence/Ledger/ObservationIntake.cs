using EcgIntegration.Persistence.Resources;
using Npgsql;

namespace EcgIntegration.Persistence.Ledger;

/// <summary>
/// Stores an Observation that an event brought, on a connection whose transaction is the caller's. Ids and versions keep
/// patients and senders apart; what is older than what is stored changes nothing.
/// </summary>
/// <param name="connection">An open connection in a transaction.</param>
/// <param name="source">The sender.</param>
/// <param name="happenedAt">When the event counts as having happened (<see cref="EventTime"/>); orders versions where both events say it.</param>
/// <param name="now">The time of what is written.</param>
internal sealed class ObservationIntake(NpgsqlConnection connection, string source, DateTimeOffset? happenedAt, DateTimeOffset now)
{
    private const string Observation = "Observation";

    /// <summary>Stores the Observation under the first of its ids that is free, or is its own already.</summary>
    /// <param name="observation">The Observation.</param>
    /// <param name="requestedId">Its id as sent.</param>
    /// <param name="observationKey">Its identity, from which an id is made where it has no usable one.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="UnstorableContentException">A newer version is stored.</exception>
    public async Task<StoredObservation> StoreAsync(
        PreparedResource observation, string? requestedId, string observationKey, CancellationToken cancellationToken)
    {
        foreach (var id in CandidateIds(observation, requestedId, observationKey))
        {
            var write = new ResourceWrite(observation, id, source, now);
            if (await ResourceWriter.TryInsertAsync(connection, write, cancellationToken))
            {
                return new(id, 1, IsNewest: true);
            }

            var holder = await ResourceWriter.LockAsync(connection, Observation, id, cancellationToken);
            if (holder is not null && holder.IsSame(source, observation))
            {
                return holder.HasContent(observation)
                    ? new(id, holder.Version, IsNewest: true)
                    : await AddVersionAsync(write, holder, cancellationToken);
            }
        }

        throw new InvalidOperationException("Every id derived for the Observation is held by another patient or source.");
    }

    private async Task<StoredObservation> AddVersionAsync(ResourceWrite write, ResourceHolder holder, CancellationToken cancellationToken)
    {
        var newest = await NewestEventAsync(write.Id, holder.Version, cancellationToken);
        var known = await FindSupersededAsync(write, cancellationToken);
        var newer = happenedAt > newest;
        if (known is { } version && !newer)
        {
            // A late copy of an earlier version: it shares that version's study.
            return new(write.Id, version, IsNewest: false);
        }

        return happenedAt is null || newest is null || newer || happenedAt == newest
            ? new(write.Id, await ResourceWriter.UpdateAsync(connection, write, cancellationToken), IsNewest: true)
            : throw new UnstorableContentException(StorageReasons.ObservationOutdated.At("observation"));
    }

    private async Task<DateTimeOffset?> NewestEventAsync(string id, int version, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"SELECT max({EventTime.Sql}) FROM intake_event WHERE observation_id = $1 AND observation_version = $2", connection)
            .With(id).With(version);
        return await command.ExecuteScalarAsync(cancellationToken) is DateTime at ? new DateTimeOffset(at) : null;
    }

    private async Task<int?> FindSupersededAsync(ResourceWrite write, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT max(version) FROM resource_history WHERE type = $1 AND id = $2 AND content_hash = $3", connection)
            .With(Observation).With(write.Id).With(write.Resource.ContentHash);
        return await command.ExecuteScalarAsync(cancellationToken) as int?;
    }

    private IEnumerable<string> CandidateIds(PreparedResource observation, string? requestedId, string observationKey)
    {
        var fields = observation.Fields;
        var patient = fields.Patient ?? fields.PatientIdentifier ?? Convert.ToHexStringLower(observation.ContentHash);
        var id = ResourceId.IsValid(requestedId) ? requestedId! : ResourceId.FromKey(observationKey);
        yield return id;
        yield return ResourceId.Derive(id, source, patient);
        yield return ResourceId.FromKey(ResourceId.Derive(id, source, patient) + source + patient);
    }
}

/// <summary>Where an Observation lies.</summary>
/// <param name="Id">Its logical id.</param>
/// <param name="Version">The version that is the event's.</param>
/// <param name="IsNewest">It is the one that is stored now: not a late copy of one before.</param>
internal sealed record StoredObservation(string Id, int Version, bool IsNewest);
