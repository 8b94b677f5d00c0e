using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace EcgIntegration.Training.Tests.Text.Servers;

/// <summary>An OpenAI-compatible server on a free port of loopback that answers as a test wants.</summary>
internal sealed class FakeModel : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<IReadOnlyList<string>, int, (int Status, string Body)> _answer;
    private readonly Task _serving;

    /// <param name="answer">Gets the texts and the number of the request, from 1.</param>
    public FakeModel(Func<IReadOnlyList<string>, int, (int Status, string Body)> answer)
    {
        _answer = answer;
        Address = new Uri($"http://127.0.0.1:{FreePort()}/v1");
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Address { get; }

    public List<IReadOnlyList<string>> Requests { get; } = [];

    public List<string?> Keys { get; } = [];

    /// <summary>Vectors as OpenAI sends them, here in reverse order.</summary>
    public static (int Status, string Body) Vectors(IReadOnlyList<string> texts, Func<string, string> values) => (200, new JsonObject
    {
        ["object"] = "list",
        ["data"] = new JsonArray([.. texts.Index().Reverse().Select(text => (JsonNode)new JsonObject
        {
            ["index"] = text.Index,
            ["embedding"] = JsonNode.Parse($"[{values(text.Item)}]"),
        })]),
    }.ToJsonString());

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or InvalidOperationException)
            {
                // It was stopped, before the call or in it.
                return;
            }

            var request = (await JsonNode.ParseAsync(context.Request.InputStream))!;
            Assert.Equal(("POST", "/v1/embeddings", "float"), (context.Request.HttpMethod, context.Request.Url!.AbsolutePath, (string?)request["encoding_format"]));
            Requests.Add([.. request["input"]!.AsArray().Select(text => (string)text!)]);
            Keys.Add(context.Request.Headers["Authorization"]);
            var (status, body) = _answer(Requests[^1], Requests.Count);
            try
            {
                context.Response.StatusCode = status;
                context.Response.Headers["Retry-After"] = "0";
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // The client did not wait.
            }
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
