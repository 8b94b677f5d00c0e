using EcgIntegration.Signals.Fhir;
using EcgIntegration.Signals.Preprocessing;
using EcgIntegration.Signals.Quality;
using EcgIntegration.Worker.Intake;

namespace EcgIntegration.Fuzz.Targets;

/// <summary>The signal of an Observation: a recording or reasons; what the quality check passes has a finite tensor.</summary>
internal sealed class SignalTarget() : FuzzTarget("signal")
{
    public override IReadOnlyList<byte[]> Seeds => SeedEcgs.Small;

    public override IReadOnlyList<byte[]> LargeSeeds => SeedEcgs.Whole;

    public override string Run(byte[] input)
    {
        var result = ObservationSignalReader.Read(input);
        Require(result.Recording is null == result.Reasons.Count > 0, "Neither a recording nor a reason, or both.");
        return result.Recording is { } recording ? Examine(recording) : result.Reasons[0].Code;
    }

    /// <summary>As the worker goes on with a recording.</summary>
    internal static string Examine(EcgIntegration.Signals.EcgRecording recording)
    {
        if (SignalQuality.Examine(recording) is [var problem, ..])
        {
            return problem.Code;
        }

        using var tensor = Preprocessor.ToTensor(recording);
        foreach (var value in tensor.Memory.Span)
        {
            Require(float.IsFinite(value), "The tensor holds what is no number.");
        }

        return "tensor";
    }
}

/// <summary>The Observation around the signal.</summary>
internal sealed class EnvelopeTarget() : FuzzTarget("envelope")
{
    public override IReadOnlyList<byte[]> Seeds => SeedEcgs.Small;

    public override IReadOnlyList<byte[]> LargeSeeds => SeedEcgs.Whole;

    public override string Run(byte[] input)
    {
        var read = EnvelopeReader.TryRead(input, out var envelope, out var reasons);
        Require(read == envelope is not null && read == (reasons.Count == 0), "Neither an envelope nor a reason, or both.");
        Require(reasons.All(reason => reason.Where is null || reason.Where.Length <= 200), "A reason names a place longer than FHIR has.");
        return envelope is null ? reasons[0].Code : envelope.WithdrawnStatus ?? "read";
    }
}
