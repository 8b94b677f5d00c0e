using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EcgIntegration.Training.Data;

/// <summary>Keeps every patient in one fold.</summary>
internal static class PatientFolds
{
    /// <summary>Number of folds: 1-8 to learn from, 9 to choose on, 10 to report on.</summary>
    public const int Count = 10;

    /// <summary>The fold of a patient of whom the source says none: the same in every run, on every machine and in every selection.</summary>
    public static int Of(string patient) =>
        (int)(BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(patient))) % Count) + 1;

    /// <summary>Refuses a patient in two folds; folders of one kind are taken to share their patients' ids.</summary>
    /// <exception cref="TrainingException">A patient stands in two folds; the message names the record, not the patient.</exception>
    public static void Check(IEnumerable<EcgExample> examples)
    {
        var first = new Dictionary<(string Source, string Patient), EcgExample>();
        foreach (var example in examples)
        {
            var key = (example.Source.Name, example.Patient);
            if (!first.TryAdd(key, example) && first[key].Fold != example.Fold)
            {
                throw new TrainingException(
                    $"{example.Source.Name} has the patient of record {first[key].Id} in fold {first[key].Fold} and, with record {example.Id}, in fold {example.Fold}: a patient may be in one fold only.");
            }
        }
    }
}
