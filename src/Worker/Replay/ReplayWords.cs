using System.Globalization;
using EcgIntegration.Contracts;

namespace EcgIntegration.Worker.Replay;

/// <summary>How a refusal calls the parameters of a replay: as the one who asks has typed them.</summary>
internal sealed class ReplayWords
{
    private readonly bool _options;

    private ReplayWords(bool options) => _options = options;

    /// <summary>As in Parameters resources, JSON objects and events.</summary>
    public static ReplayWords Parameters { get; } = new(options: false);

    /// <summary>As on the command line.</summary>
    public static ReplayWords Options { get; } = new(options: true);

    /// <summary>How every ECG is asked for.</summary>
    public string All => _options ? ReplayParameter.All.Option : $"{ReplayParameter.All.Name} = true";

    /// <summary>The name of a parameter.</summary>
    public string Of(ReplayParameter parameter) => _options ? parameter.Option : parameter.Name;

    /// <summary>Its value cannot be used; the sentence says what can.</summary>
    public Reason Invalid(ReplayParameter parameter)
    {
        var (en, ja) = (_options ? parameter.OptionTakes : null) ?? (parameter.En, parameter.Ja);
        var definition = ReplayReasons.ParameterInvalid;
        return new(
            definition.Code,
            parameter.Name,
            string.Format(CultureInfo.InvariantCulture, definition.En, Of(parameter), en),
            string.Format(CultureInfo.InvariantCulture, definition.Ja, Of(parameter), ja));
    }

    /// <summary>There is no such parameter. It is named where it is a slip of the pen, else by its place.</summary>
    public Reason Unknown(string name, int index)
    {
        var isSlip = ReplayParameter.IsMisspelt(name);
        var place = string.Create(CultureInfo.InvariantCulture, $"parameter[{index}]");
        return ReplayReasons.ParameterUnknown.At(
            isSlip ? name : place, isSlip ? name : place, string.Join(", ", ReplayParameter.Known.Select(Of)));
    }
}
