namespace EcgIntegration.Worker.Commands.Local;

/// <summary>Where verbs find what runs: the configuration first, then what <c>ecg up</c> wrote down.</summary>
internal static class Connections
{
    /// <summary>RabbitMQ's address.</summary>
    /// <exception cref="CommandException">Nothing is configured and nothing was brought up.</exception>
    public static string RabbitMq() => new LocalSettings().RabbitMq ?? BroughtUp().Amqp;

    /// <summary>The connection to PostgreSQL, in either form.</summary>
    /// <exception cref="CommandException">Nothing is configured and nothing was brought up.</exception>
    public static string Postgres() => new LocalSettings().Postgres ?? BroughtUp().Postgres;

    /// <summary>A client for the worker.</summary>
    /// <exception cref="CommandException">Nothing is configured and nothing was brought up.</exception>
    public static HttpClient Worker()
    {
        var settings = new LocalSettings();
        return Endpoints.Read() is { } endpoints
            ? endpoints.CreateClient()
            : settings.Urls is { } urls
                ? new Endpoints(LocalWorker.Address(urls), "", "", settings.Token, new(null, null, null)).CreateClient()
                : BroughtUp().CreateClient();
    }

    private static Endpoints BroughtUp() =>
        Endpoints.Read() ?? throw new CommandException(
            "Nothing runs here: start it with ecg up, or name the servers in the configuration.",
            "ここでは何も動いていません。ecg up で起動するか、設定でサーバーを指定してください。");
}
