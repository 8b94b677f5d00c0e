namespace EcgIntegration.Training.Data.Duplicates;

/// <summary>
/// Refuses one ECG in two sources, and within a source under two patients or in two folds: what was learned from would
/// be measured on. It is told by its signal, whatever its name, rate, filter or scale: every ECG's signature is compared
/// with every other's, and what is close by its signal. 20,000 ECGs take some seconds.
/// </summary>
internal static class DuplicateEcgs
{
    /// <summary>Mean correlation of the leads from which two ECGs are one, in the form of <see cref="ComparableEcg"/>.</summary>
    /// <remarks>
    /// Copies reach 0.968 and more (250 ECGs, six treatments); among 6,400 ECGs of different patients no two pass 0.81.
    /// Only two leads of one patient, paced and in step, come as far: windows of one record, which are in one fold.
    /// </remarks>
    public const double SameEcg = 0.95;

    // Far above what chance gives and far below what a copy has: see EcgSignature.
    private const float Candidate = 0.85f;

    /// <summary>Compares every ECG with every other.</summary>
    /// <param name="parts">Data sets that are used together.</param>
    /// <exception cref="TrainingException">One ECG is there twice; the message names both records.</exception>
    public static void Refuse(params IReadOnlyList<EcgDataset> parts)
    {
        var ecgs = parts.SelectMany(part => Enumerable.Range(0, part.Count).Select(index => (Part: part, Index: index))).ToList();
        var signatures = new float[ecgs.Count][];
        Parallel.For(0, ecgs.Count, i =>
        {
            signatures[i] = new float[EcgSignature.Length];
            EcgSignature.Of(ComparableEcg.Of(ecgs[i].Part.Tensor(ecgs[i].Index)), signatures[i]);
        });

        var pairs = new List<(int First, int Second)>();
        Parallel.For(0, ecgs.Count, i =>
        {
            for (var j = i + 1; j < ecgs.Count; j++)
            {
                if (EcgSignature.Product(signatures[i], signatures[j]) >= Candidate && Matters(Example(i), Example(j))
                    && Correlation(Form(i), Form(j)) >= SameEcg)
                {
                    lock (pairs)
                    {
                        pairs.Add((i, j));
                    }
                }
            }
        });

        if (pairs.Count > 0)
        {
            var (first, second) = pairs.Min();
            throw new TrainingException(Describe(Example(first), Example(second), pairs.Count - 1));
        }

        float[] Form(int i) => ComparableEcg.Of(ecgs[i].Part.Tensor(ecgs[i].Index));

        EcgExample Example(int i) => ecgs[i].Part.Examples[ecgs[i].Index];
    }

    /// <summary>Mean correlation over the leads that have a signal in both; 0 where there is none.</summary>
    internal static double Correlation(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        var leads = 0;
        for (var start = 0; start < a.Length; start += EcgTensors.Samples)
        {
            double product = 0, squaresA = 0, squaresB = 0;
            for (var i = start; i < start + EcgTensors.Samples; i++)
            {
                product += (double)a[i] * b[i];
                squaresA += (double)a[i] * a[i];
                squaresB += (double)b[i] * b[i];
            }

            if (squaresA > 0 && squaresB > 0)
            {
                sum += product / Math.Sqrt(squaresA * squaresB);
                leads++;
            }
        }

        return leads == 0 ? 0 : sum / leads;
    }

    // The same patient in the same fold of one source is on one side of every split.
    private static bool Matters(EcgExample a, EcgExample b) =>
        a.Source != b.Source || a.Patient != b.Patient || a.Fold != b.Fold;

    private static string Describe(EcgExample a, EcgExample b, int others)
    {
        var more = others > 0 ? $" (and {others} more pairs are)" : string.Empty;
        return a.Source != b.Source
            ? $"The ECG {a.Id} of {a.Source.Name} in {a.Source.Folder} and {b.Id} of {b.Source.Name} in {b.Source.Folder} are one signal{more}: take it out of one of the two, or give only one of them."
            : $"The ECGs {a.Id} and {b.Id} of {a.Source.Name} in {a.Source.Folder} are one signal under {(a.Patient != b.Patient ? "two patients" : $"one patient, in folds {a.Fold} and {b.Fold}")}{more}: take one of the two out, or correct its line.";
    }
}
