using EcgIntegration.Signals.Preprocessing;

namespace EcgIntegration.Signals.Tests.Preprocessing;

public sealed class WindowTests
{
    [Theory]
    [InlineData(4_900, 0)]
    [InlineData(4_945, 0)]
    [InlineData(4_950, 1)]
    [InlineData(4_999, 1)]
    [InlineData(5_000, 1)]
    [InlineData(5_050, 1)]
    [InlineData(5_051, 2)]
    [InlineData(9_990, 2)]
    [InlineData(10_000, 2)]
    [InlineData(15_001, 3)]
    [InlineData(150_000, 30)]
    public void A_window_begins_every_ten_seconds_and_nothing_is_unseen(int samples, int windows)
    {
        var recording = Tone(samples);

        Assert.Equal(windows, Preprocessor.WindowCount(recording));
        if (windows == 0)
        {
            Assert.Throws<ArgumentException>(() => Preprocessor.ToTensor(recording));
        }
    }

    [Fact]
    public void The_last_window_ends_with_the_recording_and_the_first_is_that_of_the_whole()
    {
        // One spike in the last second: only the window that ends with the recording can show it.
        var recording = Tone(7_500, spikeAt: 7_300);

        using var tensor = Preprocessor.ToTensor(recording);

        Assert.Equal(2, tensor.Windows);
        var spike = tensor[1].Span[..Preprocessor.WindowSamples];
        Assert.Equal(960, spike.IndexOf(spike.ToArray().Max()));
        var first = new float[Preprocessor.WindowSamples];
        Preprocessor.FirstWindow(recording[Lead.I], 500, first);
        Assert.Equal(first, tensor[0].Span[..Preprocessor.WindowSamples]);
    }

    [Fact]
    public void Every_lead_of_every_window_has_mean_0_and_deviation_1()
    {
        using var tensor = Preprocessor.ToTensor(Tone(12_345, spikeAt: 3_000));

        for (var window = 0; window < tensor.Windows; window++)
        {
            for (var lead = 0; lead < EcgRecording.LeadCount; lead++)
            {
                var values = tensor[window].Span.Slice(lead * Preprocessor.WindowSamples, Preprocessor.WindowSamples).ToArray();
                var mean = values.Average(value => (double)value);
                Assert.Equal(0, mean, 1e-5);
                Assert.Equal(1, Math.Sqrt(values.Average(value => (value - mean) * (value - mean))), 1e-5);
            }
        }
    }

    [Fact]
    public void A_flat_lead_stays_at_zero()
    {
        var window = new float[Preprocessor.WindowSamples];
        Preprocessor.FirstWindow(Enumerable.Repeat(0.7f, 5_000).ToArray(), 500, window);
        Assert.All(window, value => Assert.Equal(0, value));

        window.AsSpan().Fill(3);
        Preprocessor.Standardise(window);
        Assert.All(window, value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Missing_samples_never_reach_the_model(float sample)
    {
        var samples = Tone(5_000).Millivolts.ToArray();
        samples[40_000] = sample;

        Assert.Throws<ArgumentException>(() => Preprocessor.ToTensor(new EcgRecording(500, 5_000, samples, new HashSet<Lead>())));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(128)]
    [InlineData(240)]
    [InlineData(250)]
    [InlineData(256)]
    [InlineData(333)]
    [InlineData(360)]
    [InlineData(499.9)]
    [InlineData(512.8205128205128)]
    [InlineData(977)]
    [InlineData(1000)]
    [InlineData(1999)]
    [InlineData(2000)]
    public void Every_rate_gives_the_same_wave(double rate)
    {
        // A 5 Hz wave that swells and fades is far from both edges of the band, and from both ends:
        // what comes out is the same wave, whatever the rate it came in.
        static float Wave(double seconds) => (float)(Math.Sin(2 * Math.PI * 5 * seconds) * Math.Pow(Math.Sin(Math.PI * seconds / 10), 2));
        var samples = (int)Math.Round(rate * 10);
        var window = new float[Preprocessor.WindowSamples];
        Preprocessor.FirstWindow([.. Enumerable.Range(0, samples).Select(i => Wave(i / rate))], rate, window);

        var expected = Enumerable.Range(0, Preprocessor.WindowSamples).Select(i => Wave(i / 100.0)).ToArray();
        Preprocessor.Standardise(expected);
        Assert.All(expected.Zip(window), pair => Assert.Equal(pair.First, pair.Second, 0.01));
    }

    [Theory]
    [InlineData(500, 1, 5)]
    [InlineData(360, 5, 18)]
    [InlineData(256, 25, 64)]
    [InlineData(1999, 100, 1999)]
    [InlineData(100, 1, 1)]
    [InlineData(499.9, 1000, 4999)]
    public void The_ratio_is_exact_up_to_its_largest_term(double rate, int up, int down)
    {
        var ratio = Resampler.Approximate(100 / rate);

        if (down <= Resampler.LargestTerm)
        {
            Assert.Equal((up, down), ratio);
        }

        Assert.InRange(ratio.Down, 1, Resampler.LargestTerm);
        Assert.Equal(100 / rate, (double)ratio.Up / ratio.Down, 1e-4);
    }

    [Fact]
    public void A_disposed_tensor_cannot_be_read()
    {
        var tensor = Preprocessor.ToTensor(Tone(5_000));
        tensor.Dispose();
        tensor.Dispose();

        Assert.Throws<ObjectDisposedException>(() => tensor.Memory);
    }

    private static EcgRecording Tone(int samples, int spikeAt = -100)
    {
        var millivolts = new float[EcgRecording.LeadCount * samples];
        for (var i = 0; i < millivolts.Length; i++)
        {
            var t = i % samples;
            millivolts[i] = (float)(0.1 * Math.Sin(t * 0.05)) + (Math.Abs(t - spikeAt) < 5 ? 3 : 0);
        }

        return new EcgRecording(500, samples, millivolts, new HashSet<Lead>());
    }
}
