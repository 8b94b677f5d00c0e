using System.Text.RegularExpressions;

namespace EcgIntegration.Worker.Security;

/// <summary>Who may use the HTTP side, each by a token of its own, as the configuration has them.</summary>
internal static partial class ApiClients
{
    /// <summary>The name of whoever holds <c>Security:Token</c>.</summary>
    public const string OfToken = "token";

    private const string Section = $"{SecurityOptions.Section}:{nameof(SecurityOptions.Clients)}";

    /// <summary>The clients; none where nothing is configured.</summary>
    /// <exception cref="UnsafeAddressException">A name or a token cannot be used; the sentence says which, and repeats no token.</exception>
    public static IReadOnlyList<ApiClient> Of(SecurityOptions security)
    {
        var clients = new List<ApiClient>();
        if (!string.IsNullOrEmpty(security.Token))
        {
            clients.Add(new(OfToken, Checked("Security:Token", security.Token, clients)));
        }

        foreach (var (key, client) in security.Clients.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            // An empty variable is none.
            if (!string.IsNullOrEmpty(client.Name) || !string.IsNullOrEmpty(client.Token))
            {
                clients.Add(new(CheckedName($"{Section}:{key}:Name", client.Name, clients), Checked($"{Section}:{key}:Token", client.Token, clients)));
            }
        }

        return clients;
    }

    private static string CheckedName(string setting, string? name, List<ApiClient> clients)
    {
        if (name is null || !Name().IsMatch(name))
        {
            throw new UnsafeAddressException($"{setting} must be 1 to 64 letters, digits and . _ -, because it stands in the audit.");
        }

        return name != OfToken && clients.TrueForAll(other => !other.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ? name
            : throw new UnsafeAddressException($"{setting} is the name of another client: give each its own.");
    }

    private static string Checked(string setting, string? token, List<ApiClient> clients)
    {
        if (token is null || token.Length < SecurityOptions.ShortestToken)
        {
            throw new UnsafeAddressException($"{setting} is shorter than {SecurityOptions.ShortestToken} characters: set a long random one.");
        }

        return clients.TrueForAll(other => other.Token != token)
            ? token
            : throw new UnsafeAddressException($"{setting} is the token of another client: give each its own.");
    }

    // No sign that an account of the shell, an event or an address is told by in the audit.
    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex Name();
}

/// <summary>One client.</summary>
/// <param name="Name">Who it is in the audit.</param>
/// <param name="Token">Its token.</param>
internal sealed record ApiClient(string Name, string Token);
