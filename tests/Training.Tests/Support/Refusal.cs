namespace EcgIntegration.Training.Tests.Support;

/// <summary>What every refusal must be: one sentence on one line that names what is wrong and ends in what to do.</summary>
internal static class Refusal
{
    public static void Says(Action action, params string[] expected)
    {
        var message = Assert.Throws<TrainingException>(action).Message;
        Assert.All(expected, part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', message);
    }
}
