using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Search;
using EcgIntegration.Worker.Fhir.Writing.Validation;
using Hl7.Fhir.Model;
using Microsoft.Net.Http.Headers;

namespace EcgIntegration.Worker.Fhir.Writing;

/// <summary>What is done to a resource.</summary>
internal enum WriteKind
{
    /// <summary>DELETE.</summary>
    Delete,

    /// <summary>POST, with an id of the server's.</summary>
    Create,

    /// <summary>PUT, also on an id that is free.</summary>
    Update,
}

/// <summary>One write that a client asks for, valid as far as it can be told without the database.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Type">Resource type.</param>
/// <param name="Id">The id; for a creation one that nothing has.</param>
internal sealed record WriteOperation(WriteKind Kind, string Type, string Id)
{
    /// <summary>The resource as it was sent, UTF-8; empty for a deletion.</summary>
    public ReadOnlyMemory<byte> Json { get; init; }

    /// <summary>The resource as it was understood.</summary>
    public Resource? Resource { get; init; }

    /// <summary>Where it stands in the request.</summary>
    public ElementPlace Place { get; init; }

    /// <summary>Which version it must be made on.</summary>
    public VersionMatch? IfMatch { get; init; }

    /// <summary>For an update: it is made only where nothing is stored under the id (<c>If-None-Match: *</c>).</summary>
    public bool OnlyIfNew { get; init; }

    /// <summary>For a creation: it is made only where nothing meets this.</summary>
    public WriteCondition? IfNoneExist { get; init; }

    /// <summary>Under which name other entries of a transaction refer to it.</summary>
    public string? FullUrl { get; init; }

    /// <summary>For a Task: the version that was stored beforehand, to hold the change to.</summary>
    public StoredResource? Before { get; init; }

    /// <summary>The place of the whole.</summary>
    public string Where => Place.Of(Type);

    /// <summary>The place of <see cref="IfMatch"/>, given or missing.</summary>
    public string WhereIfMatch => Place.Root is { } root ? $"{root[..root.LastIndexOf('.')]}.request.ifMatch" : HttpPlace.Of(HeaderNames.IfMatch);
}

/// <summary>A search that decides about a write.</summary>
/// <param name="Key">The same text for the same condition: what is serialised by.</param>
/// <param name="Query">The search.</param>
/// <param name="Place">Where it stands in the request.</param>
internal sealed record WriteCondition(string Key, ResourceQuery Query, string Place);

/// <summary>What became of a write.</summary>
internal enum WriteResult
{
    /// <summary>The resource came to be, or came back.</summary>
    Created,

    /// <summary>It has a new version.</summary>
    Updated,

    /// <summary>It had this content already.</summary>
    Unchanged,

    /// <summary>One that meets the condition of the creation was there.</summary>
    Matched,

    /// <summary>It is deleted.</summary>
    Deleted,
}

/// <summary>What became of a write, and where.</summary>
/// <param name="Result">What became of it.</param>
/// <param name="Type">Resource type.</param>
/// <param name="Id">Logical id.</param>
/// <param name="Version">The version written, or the one there was; <see langword="null"/> for a deletion of what is deleted.</param>
internal sealed record WriteOutcome(WriteResult Result, string Type, string Id, int? Version)
{
    /// <summary>When the version was written; <see langword="null"/> where it was there already.</summary>
    public DateTimeOffset? LastUpdated { get; init; }

    /// <summary>The event under which an ECG is triaged.</summary>
    public Guid? EventId { get; init; }
}
