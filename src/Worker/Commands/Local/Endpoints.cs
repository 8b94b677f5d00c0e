using System.Text.Json;
using System.Text.Json.Serialization;
using EcgIntegration.Contracts;
using EcgIntegration.LocalServers;

namespace EcgIntegration.Worker.Commands.Local;

/// <summary>The addresses of what runs, with passwords: <c>.run/endpoints.json</c>, readable by its owner alone.</summary>
/// <param name="Http">The worker.</param>
/// <param name="Amqp">RabbitMQ with user, password and virtual host.</param>
/// <param name="Postgres">PostgreSQL as <c>postgresql://user:password@host:port/database</c>.</param>
/// <param name="Token">Bearer token for HTTP, where one is configured.</param>
/// <param name="Pids">Process ids of what was started here.</param>
internal sealed record Endpoints(
    Uri Http,
    string Amqp,
    string Postgres,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Token,
    EndpointPids Pids)
{
    /// <summary>Reads the file, or <see langword="null"/> where nothing was brought up.</summary>
    public static Endpoints? Read()
    {
        try
        {
            return JsonSerializer.Deserialize<Endpoints>(File.ReadAllText(Places.EndpointsFile), ContractJson.Compact);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes the file.</summary>
    public void Write() => OwnedFile.Write(Places.EndpointsFile, JsonSerializer.Serialize(this, ContractJson.Indented) + "\n");

    /// <summary>A client for the worker.</summary>
    public HttpClient CreateClient()
    {
        var client = new HttpClient { BaseAddress = Http };
        if (Token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        }

        return client;
    }
}

/// <summary>Process ids; absent for what runs elsewhere.</summary>
internal sealed record EndpointPids(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Worker,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Rabbitmq,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Postgres);
