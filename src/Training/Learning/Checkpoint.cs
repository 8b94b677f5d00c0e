using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EcgIntegration.Contracts;
using EcgIntegration.Training.Data;
using EcgIntegration.Training.Text;

namespace EcgIntegration.Training.Learning;

/// <summary>
/// A run's state in one file, written after each epoch beside its place and moved there whole, so that there is always the last
/// good one.
/// </summary>
/// <param name="path">The file.</param>
internal sealed class Checkpoint(string path)
{
    private const string Format = "ecg-checkpoint-1";

    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>Whether there is one.</summary>
    public bool Exists => File.Exists(path);

    /// <summary>Writes a state.</summary>
    /// <exception cref="TrainingException">The file cannot be written; the one before is as it was.</exception>
    public void Save(RunIdentity identity, TrainingState state)
    {
        try
        {
            WholeFile.Write(path, file =>
            {
                using var writer = new BinaryWriter(file, Encoding.UTF8, leaveOpen: true);
                writer.Write(Format);
                writer.Write(JsonSerializer.Serialize(identity, ContractJson.Compact));
                state.Save(writer);
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var kept = Exists ? " The one before is whole: make room, then go on from it with --resume." : " Make room and try again.";
            throw new TrainingException($"The checkpoint {path} of epoch {state.Position.Epoch} cannot be written ({e.Message}).{kept}", e);
        }
    }

    /// <summary>The run that the file is of.</summary>
    /// <exception cref="TrainingException">There is none, or it is damaged.</exception>
    public RunIdentity Identify() => Read(reader => ReadIdentity(reader));

    /// <summary>Takes up a state.</summary>
    /// <exception cref="TrainingException">It is damaged, or of other data than these.</exception>
    public void Load(RunIdentity identity, TrainingState state) => Read(reader =>
    {
        if (ReadIdentity(reader) != identity)
        {
            throw new TrainingException($"The checkpoint {path} is of a run with other data, labels or settings: give the same ones, or start anew without --resume.");
        }

        state.Load(reader);
        return true;
    });

    /// <summary>Deletes the file, once it is of no more use.</summary>
    public void Delete() => File.Delete(path);

    private static RunIdentity ReadIdentity(BinaryReader reader) =>
        reader.ReadString() == Format
            ? JsonSerializer.Deserialize<RunIdentity>(reader.ReadString(), ContractJson.Compact) ?? throw new FormatException()
            : throw new FormatException();

    private T Read<T>(Func<BinaryReader, T> read)
    {
        if (!Exists)
        {
            throw new TrainingException($"There is no checkpoint {path} to go on from: start without --resume.");
        }

        try
        {
            using var file = File.OpenRead(path);
            using var reader = new BinaryReader(file);
            return read(reader);
        }
        catch (Exception e) when (e is not (TrainingException or UnauthorizedAccessException or OutOfMemoryException))
        {
            throw new TrainingException($"The checkpoint {path} is damaged: start anew without --resume.", e);
        }
    }
}

/// <summary>What makes two runs the same.</summary>
/// <param name="Settings">The settings.</param>
/// <param name="TextEncoder">Name of the text encoder.</param>
/// <param name="DataSha256">Over signals and labels of training and validation, and the label texts.</param>
internal sealed record RunIdentity(TrainingSettings Settings, string TextEncoder, string DataSha256)
{
    /// <summary>The identity of a run.</summary>
    public static RunIdentity Of(TrainingSettings settings, TextEmbeddings texts, params ReadOnlySpan<EcgDataset> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(texts.Values.AsSpan()));
        foreach (var part in parts)
        {
            hash.AppendData(MemoryMarshal.AsBytes(part.Signals.AsSpan()));
            hash.AppendData([.. part.Present.Cast<bool>().Select(present => (byte)(present ? 1 : 0))]);
        }

        return new RunIdentity(settings, texts.Encoder, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
