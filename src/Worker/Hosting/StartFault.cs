using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using EcgIntegration.Contracts.Bundles;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Security;
using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Hosting;

/// <summary>Faults that the operator mends in the configuration; everything else is a defect and shows its stack.</summary>
internal static partial class StartFault
{
    /// <summary>The sentence to show, or <see langword="null"/> for a defect.</summary>
    public static string? Explain(Exception exception) => exception switch
    {
        OptionsValidationException e => string.Join(' ', e.Failures.Select(failure => Annotation(e.OptionsType, failure) ?? failure)),
        UnsafeAddressException or ModelBundleException or DeviceUnavailableException => exception.Message,
        InvalidOperationException when Binding(exception.Message) is { } sentence => sentence,
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } =>
            "The address to listen on is in use: set Http:Urls to another port.",
        AggregateException { InnerException: { } inner } => Explain(inner),
        _ => null,
    };

    /// <summary>"DataAnnotation validation failed for 'IntakeOptions' members: 'MaxAttempts' with the error: 'The field MaxAttempts must be …'."</summary>
    private static string? Annotation(Type options, string failure)
    {
        if (AnnotationFailure().Match(failure) is not { Success: true } match)
        {
            return null;
        }

        var section = options.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) as string;
        var key = section is null ? match.Groups["member"].Value : $"{section}:{match.Groups["member"].Value}";
        return $"{key} {match.Groups["rule"].Value}";
    }

    /// <summary>"Failed to convert configuration value 'zero' at 'Intake:MaxAttempts' to type 'System.Int32'." The value is not repeated: it may be a secret in the wrong place.</summary>
    private static string? Binding(string message) => BindingFailure().Match(message) is { Success: true } match
        ? $"{match.Groups["key"].Value} must be {Kind(match.Groups["type"].Value)}."
        : null;

    private static string Kind(string type) => type switch
    {
        "System.Int32" or "System.Int64" => "a whole number",
        "System.Double" => "a number",
        "System.Boolean" => "true or false",
        "System.TimeSpan" => "a time such as 00:00:45",
        _ when Type.GetType(type) is { IsEnum: true } known => $"one of {string.Join(", ", Enum.GetNames(known).Select(name => name.ToLower(CultureInfo.InvariantCulture)))}",
        _ => "of another form: see docs/configuration.md",
    };

    [GeneratedRegex("^DataAnnotation validation failed for '[^']*' members: '(?<member>[^']*)' with the error: 'The field [^ ]* (?<rule>.*)'\\.$", RegexOptions.Singleline)]
    private static partial Regex AnnotationFailure();

    [GeneratedRegex("^Failed to convert configuration value .*at '(?<key>[^']+)' to type '(?<type>[^']+)'\\.", RegexOptions.Singleline)]
    private static partial Regex BindingFailure();
}
