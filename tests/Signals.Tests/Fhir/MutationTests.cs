using System.Globalization;
using System.Text;
using EcgIntegration.Signals.Fhir;
using EcgIntegration.Signals.Preprocessing;
using EcgIntegration.Signals.Quality;

namespace EcgIntegration.Signals.Tests.Fhir;

/// <summary>Damaged Observations: never an exception, always a recording or a reason, in bounded time.</summary>
public sealed class MutationTests
{
    private const int Runs = 20_000;

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", "\"", ",", ":", "null", "-1", "1e999", "0", "\\u0000", "\\ud800", "E", "U", "\"data\":", "\"dimensions\":12",
        "\"interval\":2", "131328", "131330", "\"valueSampledData\":{}", "9999999999999999999999", "\uFEFF", "\u00b5V", " ", "\\n",
    ];

    [Fact]
    public void A_damaged_Observation_is_read_or_refused()
    {
        var random = new Random(20260105);
        byte[][] seeds =
        [
            Encoding.UTF8.GetBytes(Samples.SmallJson().ToJsonString()),
            Encoding.UTF8.GetBytes(Samples.SmallJson(new ObservationFormat { Interlaced = true, Unit = VoltageUnit.Microvolt }).ToJsonString()),
        ];
        var outcomes = new Dictionary<string, int>();
        var before = ThreadTime();
        for (var run = 0; run < Runs; run++)
        {
            var text = Damage(random, seeds[run % seeds.Length]);

            var result = ObservationSignalReader.Read(text);

            Assert.Equal(result.Recording is null, result.Reasons.Count > 0);
            var outcome = result.Recording is null ? result.Reasons[0].Code : "read";
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            if (result.Recording is { } recording)
            {
                Assert.NotEmpty(SignalQuality.Examine(recording));
            }
        }

        // The damage must reach deep enough to mean something.
        Assert.InRange(outcomes["read"], 500, Runs / 2);
        Assert.True(outcomes.Count >= 15, string.Join(' ', outcomes.Keys));
        if (ThreadTime() - before is { } spent)
        {
            Assert.True(spent < TimeSpan.FromSeconds(60), $"{Runs} runs took {spent}.");
        }
    }

    /// <summary>Time this thread has spent on a core, where the system tells: what else runs on the machine does not count.</summary>
    private static TimeSpan? ThreadTime()
    {
        const string file = "/proc/thread-self/schedstat";
        return File.Exists(file)
            ? TimeSpan.FromMicroseconds(long.Parse(File.ReadAllText(file).Split(' ')[0], CultureInfo.InvariantCulture) / 1000)
            : null;
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        var text = Encoding.UTF8.GetBytes(Samples.SmallJson(new ObservationFormat { Interlaced = true }).ToJsonString());
        for (var length = 0; length < text.Length; length++)
        {
            Assert.Equal("json-invalid", Samples.Refused(ObservationSignalReader.Read(text.AsSpan(0, length))).Code);
        }
    }

    [Fact]
    public void A_recording_that_quality_passes_always_has_a_finite_tensor()
    {
        var random = new Random(7);
        var source = TestData.Recording("JS20003");
        for (var run = 0; run < 60; run++)
        {
            var samples = source.Millivolts.ToArray();
            for (var hit = 0; hit < 3; hit++)
            {
                var start = random.Next(samples.Length - 50);
                samples.AsSpan(start, random.Next(1, 50)).Fill(random.Next(6) switch
                {
                    0 => float.NaN,
                    1 => float.PositiveInfinity,
                    2 => 0,
                    3 => 19,
                    _ => (float)((random.NextDouble() * 4) - 2),
                });
            }

            var recording = new EcgRecording(500, source.SampleCount, samples, source.Derived);
            if (SignalQuality.Examine(recording).Count == 0)
            {
                using var tensor = Preprocessor.ToTensor(recording);
                Assert.DoesNotContain(tensor.Memory.ToArray(), value => !float.IsFinite(value));
            }
        }
    }

    private static byte[] Damage(Random random, byte[] seed)
    {
        var text = seed.ToList();
        for (var hits = random.Next(1, 4); hits > 0; hits--)
        {
            var at = random.Next(text.Count);
            switch (random.Next(6))
            {
                case 0:
                    text[at] = (byte)random.Next(256);
                    break;
                case 1:
                    text[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    text.RemoveRange(at, Math.Min(random.Next(1, 30), text.Count - at));
                    break;
                case 3:
                    text.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
                case 4:
                    // Numbers become others: structure survives, so deeper checks see it.
                    var digit = text.FindIndex(at, b => b is >= (byte)'0' and <= (byte)'9');
                    if (digit >= 0)
                    {
                        text[digit] = (byte)"0123456789EUL.-x"[random.Next(16)];
                    }

                    break;
                default:
                    var from = random.Next(text.Count);
                    text.InsertRange(at, text.GetRange(from, Math.Min(random.Next(1, 60), text.Count - from)));
                    break;
            }
        }

        return [.. text];
    }
}
