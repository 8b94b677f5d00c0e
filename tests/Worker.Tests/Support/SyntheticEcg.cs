using EcgIntegration.Signals;
using EcgIntegration.Signals.Fhir;

namespace EcgIntegration.Worker.Tests.Support;

/// <summary>A recording that obeys Einthoven's law and has a beat a second in every lead; no patient ever had it.</summary>
internal static class SyntheticEcg
{
    private const int Rate = 500;
    private static readonly double[] Sizes = [0.8, 1.2, 0, 0, 0, 0, -0.6, -0.3, 0.4, 1.1, 1.3, 1.0];

    /// <summary>The recording.</summary>
    /// <param name="seconds">Its length.</param>
    /// <param name="flat">A chest lead without signal.</param>
    public static EcgRecording Recording(int seconds = 10, Lead? flat = null)
    {
        var count = seconds * Rate;
        var samples = new float[EcgRecording.LeadCount * count];
        for (var i = 0; i < count; i++)
        {
            float At(Lead lead) => (float)(Sizes[(int)lead] * Beat((double)i / Rate, (int)lead));
            float one = At(Lead.I), two = At(Lead.II);
            ReadOnlySpan<float> limbs = [one, two, two - one, -(one + two) / 2, one - (two / 2), two - (one / 2)];
            foreach (var lead in Enum.GetValues<Lead>())
            {
                samples[((int)lead * count) + i] = lead == flat ? 0 : lead <= Lead.AVF ? limbs[(int)lead] : At(lead);
            }
        }

        return new(Rate, count, samples, new HashSet<Lead>());
    }

    /// <summary>The recording as a FHIR Observation, UTF-8.</summary>
    public static byte[] Observation(int seconds = 10, Lead? flat = null) =>
        ObservationWriter.Write(Recording(seconds, flat), new() { Id = "ecg-1", SubjectReference = "Patient/p1" });

    private static double Beat(double time, int lead)
    {
        // The first beat lies early enough to reach the samples that TestEncoder looks at.
        var phase = (time + 0.37) % 1;
        return Wave(0.2, 0.04, 0.15) + Wave(0.4, 0.012, 1) - Wave(0.43, 0.012, 0.2 + (0.02 * lead)) + Wave(0.65, 0.06, 0.3);

        double Wave(double at, double width, double height) => height * Math.Exp(-Math.Pow((phase - at) / width, 2) / 2);
    }
}
