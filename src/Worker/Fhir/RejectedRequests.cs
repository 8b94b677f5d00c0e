using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.WebUtilities;

namespace EcgIntegration.Worker.Fhir;

/// <summary>
/// Requests that Kestrel refuses before there is one that the worker could answer, such as those with a NUL in their path: Kestrel
/// answers with a status alone, and offers no way to say more. Under <c>/fhir</c> its answer is replaced by one with an
/// OperationOutcome; the connection ends after either.
/// </summary>
internal sealed class RejectedRequests : IObserver<KeyValuePair<string, object?>>
{
    private const string Event = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    /// <summary>Gives each connection a way out by which an answer can be replaced.</summary>
    public static void Watch(KestrelServerOptions options) => options.ConfigureEndpointDefaults(endpoint => endpoint.Use(next => connection =>
    {
        var output = new ReplaceableOutput(connection.Transport.Output);
        connection.Transport = new Transport(connection.Transport.Input, output);
        connection.Features.Set(output);
        return next(connection);
    }));

    /// <summary>Listens to what Kestrel refuses, and to nothing else.</summary>
    public static void Observe(IServiceProvider services) =>
        services.GetRequiredService<DiagnosticListener>().Subscribe(new RejectedRequests(), (name, _, _) => name == Event);

    /// <inheritdoc/>
    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is IFeatureCollection features
            && features.Get<IBadRequestExceptionFeature>()?.Error is Microsoft.AspNetCore.Http.BadHttpRequestException fault
            && features.Get<IHttpResponseFeature>() is { HasStarted: false }
            && features.Get<IHttpRequestFeature>() is { RawTarget: { } target } && IsFhir(target))
        {
            features.Get<ReplaceableOutput>()?.Replace(Answer(fault.StatusCode));
        }
    }

    /// <inheritdoc/>
    public void OnCompleted()
    {
        // The server ends; so does this.
    }

    /// <inheritdoc/>
    public void OnError(Exception error)
    {
        // Nobody raises one.
    }

    private static bool IsFhir(string target)
    {
        var end = target.AsSpan().IndexOfAny('?', '%');
        return FhirPaths.Holds(new PathString(end < 0 ? target : target[..end]));
    }

    /// <summary>With its body whatever the method, which is not known in every case: the connection ends after it.</summary>
    private static byte[] Answer(int status)
    {
        var problem = (FhirProblems.RequestMalformed with { Status = status }).At(HttpPlace.Url);
        var body = FhirResult.Write(writer => FhirResult.WriteOutcome(writer, [problem], "error"));
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status} {ReasonPhrases.GetReasonPhrase(status)}\r\nContent-Type: {FhirResult.ContentType}\r\nContent-Length: {body.Length}\r\n"
            + $"Connection: close\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. body.Span];
    }

    private sealed record Transport(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>The way out of a connection. Used by one at a time, as any pipe; what replaces an answer is there before it is written.</summary>
    private sealed class ReplaceableOutput(PipeWriter output) : PipeWriter
    {
        private byte[]? _discarded;

        public override bool CanGetUnflushedBytes => output.CanGetUnflushedBytes;

        public override long UnflushedBytes => output.UnflushedBytes;

        /// <summary>Writes an answer, after which the connection's own go nowhere.</summary>
        public void Replace(byte[] answer)
        {
            if (_discarded is null)
            {
                answer.CopyTo(output.GetSpan(answer.Length));
                output.Advance(answer.Length);
                _discarded = [];
            }
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => _discarded is null ? output.GetMemory(sizeHint) : Discarded(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => _discarded is null ? output.GetSpan(sizeHint) : Discarded(sizeHint);

        public override void Advance(int bytes)
        {
            if (_discarded is null)
            {
                output.Advance(bytes);
            }
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => output.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => output.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => output.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => output.CompleteAsync(exception);

        private byte[] Discarded(int sizeHint)
        {
            const int Smallest = 4096;
            return _discarded!.Length >= Math.Max(sizeHint, Smallest) ? _discarded : _discarded = new byte[Math.Max(sizeHint, Smallest)];
        }
    }
}
