using EcgIntegration.Training.Model;
using static TorchSharp.torch;

namespace EcgIntegration.Training.Learning;

/// <summary>What a run has learned so far: enough to go on with it as if it had never been interrupted.</summary>
/// <param name="Model">The weights being trained.</param>
/// <param name="Averaged">Their running average.</param>
/// <param name="Best">The average of the best epoch.</param>
/// <param name="Step">The optimizer.</param>
/// <param name="Average">The averaging.</param>
internal sealed record TrainingState(ContrastiveModel Model, ContrastiveModel Averaged, ContrastiveModel Best, TrainingStep Step, WeightAverage Average)
{
    /// <summary>How far it is.</summary>
    public TrainingPosition Position { get; set; } = new(0, 0, double.NegativeInfinity);

    /// <summary>Writes all of it.</summary>
    public void Save(BinaryWriter writer)
    {
        writer.Write(Position.Epoch);
        writer.Write(Position.BestEpoch);
        writer.Write(Position.BestFigure);
        writer.Write(Step.Steps);
        writer.Write(Average.Steps);
        Model.save(writer);
        Averaged.save(writer);
        Best.save(writer);
        Step.Save(writer);
    }

    /// <summary>Reads all of it.</summary>
    public void Load(BinaryReader reader)
    {
        Position = new TrainingPosition(reader.ReadInt32(), reader.ReadInt32(), reader.ReadDouble());
        var steps = reader.ReadInt32();
        Average.Steps = reader.ReadInt32();
        using var gradless = no_grad();
        Model.load(reader);
        Averaged.load(reader);
        Best.load(reader);
        Step.Load(reader, steps);
    }
}

/// <summary>How far a run is.</summary>
/// <param name="Epoch">Epochs done.</param>
/// <param name="BestEpoch">The best of them on the validation fold; 0 before the first.</param>
/// <param name="BestFigure">What it reached.</param>
internal readonly record struct TrainingPosition(int Epoch, int BestEpoch, double BestFigure);
