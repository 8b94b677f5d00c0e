using Microsoft.Extensions.Options;

namespace EcgIntegration.Worker.Subscriptions;

/// <summary>Section <c>Subscriptions</c>: whom the worker may call, and how patiently.</summary>
internal sealed class SubscriptionOptions
{
    public const string Section = "Subscriptions";

    /// <summary>Addresses that may be called; none is allowed that is not here.</summary>
    public IList<AllowedEndpoint> Endpoints { get; } = [];

    /// <summary>Attempts at one notification before the Subscription is switched off.</summary>
    public int MaxAttempts { get; set; } = 8;

    /// <summary>How long a subscriber may take to answer.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}

/// <summary>An address that may be called, and all paths below it.</summary>
internal sealed class AllowedEndpoint
{
    /// <summary>Absolute http or https address.</summary>
    public string Url { get; set; } = "";

    /// <summary>Value of the header <c>Authorization</c> of calls to it; a secret, so it is here and not in the Subscription.</summary>
    public string? Authorization { get; set; }
}

/// <summary>One sentence for each setting that cannot work.</summary>
internal sealed class SubscriptionOptionsValidator : IValidateOptions<SubscriptionOptions>
{
    public ValidateOptionsResult Validate(string? name, SubscriptionOptions options)
    {
        var problems = new List<string>();
        for (var i = 0; i < options.Endpoints.Count; i++)
        {
            Check(
                EndpointAddress.TryParse(options.Endpoints[i].Url, out _),
                $"Subscriptions:Endpoints:{i}:Url must be an absolute http or https address without user, query and fragment.");
            Check(
                options.Endpoints[i].Authorization is not { } header || !header.Any(char.IsControl),
                $"Subscriptions:Endpoints:{i}:Authorization must be one line.");
        }

        Check(options.MaxAttempts is >= 1 and <= 100, "Subscriptions:MaxAttempts must be between 1 and 100.");
        Check(
            options.Timeout >= TimeSpan.FromSeconds(1) && options.Timeout <= TimeSpan.FromMinutes(1),
            "Subscriptions:Timeout must be between 1 second and 1 minute.");
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);

        void Check(bool holds, string sentence)
        {
            if (!holds)
            {
                problems.Add(sentence);
            }
        }
    }
}
