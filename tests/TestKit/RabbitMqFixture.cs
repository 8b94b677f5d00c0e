using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using EcgIntegration.LocalServers;

namespace EcgIntegration.TestKit;

/// <summary>
/// One RabbitMQ for a test assembly: <c>[assembly: AssemblyFixture(typeof(RabbitMqFixture))]</c>, then take it as a
/// constructor parameter.
/// </summary>
public sealed class RabbitMqFixture() : SharedServer<PrivateRabbitMq>(
    static (folder, options) => PrivateRabbitMq.StartAsync(folder, options, CancellationToken.None))
{
    /// <summary>Creates a virtual host of a test's own: names of exchanges and queues in it are free.</summary>
    public async Task<TestVirtualHost> CreateVirtualHostAsync()
    {
        var server = await GetAsync();
        var name = $"test-{Guid.NewGuid():N}";
        var api = new HttpClient { BaseAddress = new Uri(server.ManagementUri!, "api/") };
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{server.UserName}:{server.Password}")));
        (await api.PutAsJsonAsync($"vhosts/{name}", new { })).EnsureSuccessStatusCode();
        (await api.PutAsJsonAsync($"permissions/{name}/{server.UserName}", new { configure = ".*", write = ".*", read = ".*" }))
            .EnsureSuccessStatusCode();
        return new(name, new UriBuilder(server.AmqpUri) { Path = name }.Uri, api);
    }
}
