using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Resources;
using Npgsql;

namespace EcgIntegration.Persistence.Seeding;

/// <inheritdoc cref="ISeeding"/>
internal sealed class PostgresSeeding(NpgsqlDataSource database) : ISeeding
{
    public async Task<SeedState> StateAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT coalesce((SELECT right(id, 7)::integer + 1 FROM resource
                             WHERE type = 'Observation' AND id >= 'seed-0000000' AND id <= 'seed-9999999' AND id ~ '^seed-[0-9]{7}$'
                             ORDER BY id DESC LIMIT 1), 0),
                   EXISTS (SELECT 1 FROM intake_event WHERE source_system <> $1)
            """).With(SeedPlaces.Source);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new SeedState(reader.GetInt32(0), reader.GetBoolean(1));
    }

    public async Task WriteAsync(IReadOnlyList<SeedTemplate> templates, int first, int count, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(templates);
        var studies = templates.Select(template => new SeedStudy(template)).ToList();
        var copies = new List<(SeedStudy Study, SeedCopy Copy)>(count);
        try
        {
            for (var number = first; number < first + count; number++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var study = studies[number % studies.Count];
                copies.Add((study, study.Copy(number)));
            }

            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using (var unlimited = new NpgsqlCommand("SET LOCAL statement_timeout = 0", connection))
            {
                await unlimited.ExecuteNonQueryAsync(cancellationToken);
            }

            await ShareAsync(connection, studies, cancellationToken);
            await WritePatientsAsync(connection, copies.Select(pair => pair.Copy), cancellationToken);
            await SeedRows.CopyResourcesAsync(connection, copies.SelectMany(pair => Writes(pair.Copy)), cancellationToken);
            await SeedRows.CopyWaveformsAsync(
                connection, copies.Select(pair => (pair.Copy.EcgId, pair.Study.Ecg.SamplesHash)), cancellationToken);
            await SeedRows.CopyStudiesAsync(connection, copies.Select(pair => (pair.Study.Template, pair.Copy)), cancellationToken);
            await SeedRows.CopyEventsAsync(connection, copies.Select(pair => (pair.Study.Template, pair.Copy)), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        finally
        {
            copies.ForEach(pair => pair.Copy.Dispose());
            studies.ForEach(study => study.Dispose());
        }
    }

    /// <summary>What all copies share: samples, and the Device of their model.</summary>
    private static async Task ShareAsync(NpgsqlConnection connection, IReadOnlyList<SeedStudy> studies, CancellationToken cancellationToken)
    {
        foreach (var study in studies)
        {
            await using var command = new NpgsqlCommand(
                "INSERT INTO samples (sha256, encoding, data, raw_length) VALUES ($1, 1, $2, $3) ON CONFLICT (sha256) DO NOTHING", connection)
                .With(study.Ecg.SamplesHash).With(study.Ecg.Samples!.Value.ToArray()).With(study.Ecg.TokensLength);
            await command.ExecuteNonQueryAsync(cancellationToken);
            foreach (var shared in study.Template.Completion.Resources.Where(resource => resource.KeepExisting))
            {
                using var resource = PreparedResource.From(shared.Type, shared.Json);
                await ResourceWriter.TryInsertAsync(connection, new ResourceWrite(resource, shared.Id, "", SeedStudy.RecordedAt(0)), cancellationToken);
            }
        }
    }

    private static async Task WritePatientsAsync(NpgsqlConnection connection, IEnumerable<SeedCopy> copies, CancellationToken cancellationToken)
    {
        var prepared = new List<PreparedResource>();
        try
        {
            List<ResourceWrite> writes =
            [
                .. copies.Where(copy => SeedStudy.IsFirstOfPatient(copy.Number)).Select(copy =>
                {
                    var patient = SeedStudy.PatientOf(copy.Number);
                    prepared.Add(SeedPatients.Create(patient));
                    return new ResourceWrite(prepared[^1], SeedStudy.PatientId(patient), SeedPlaces.Source, copy.At);
                }),
            ];
            await ResourceWriter.InsertAsync(connection, writes, cancellationToken);
        }
        finally
        {
            prepared.ForEach(resource => resource.Dispose());
        }
    }

    private static IEnumerable<ResourceWrite> Writes(SeedCopy copy) => copy.Resources.Select((pair, i) =>
        new ResourceWrite(pair.Resource, pair.Id, i == 0 ? SeedPlaces.Source : "", i == 0 ? copy.At : copy.At.AddSeconds(1))
        {
            About = pair.Resource.Type == "Provenance" ? copy.Resources[0].Resource.Fields : null,
        });
}
