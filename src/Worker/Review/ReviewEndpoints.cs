using EcgIntegration.Persistence.Hosting;
using EcgIntegration.Persistence.Ledger;
using EcgIntegration.Persistence.Resources;
using EcgIntegration.Persistence.Review;
using EcgIntegration.Signals.Fhir;
using EcgIntegration.Worker.Classification;
using EcgIntegration.Worker.Fhir;
using EcgIntegration.Worker.Intake;
using EcgIntegration.Worker.Suggestions;

namespace EcgIntegration.Worker.Review;

/// <summary>
/// Pages for people: <c>/</c>, on which no patient can be told, and <c>/studies/{id}</c>, which says by reference and
/// identifier whose ECG it is and leaves an audit record. No name stands on either.
/// </summary>
internal static class ReviewEndpoints
{
    private static readonly string[] ReadMethods = [HttpMethods.Get, HttpMethods.Head];

    private const int RecentEntries = 25;

    /// <summary>Maps the pages; <see cref="FhirEndpoints.AddFhir"/> brings what they need.</summary>
    public static IEndpointConventionBuilder MapReview(this IEndpointRouteBuilder endpoints)
    {
        var pages = endpoints.MapGroup("").AddEndpointFilter(ExplainFaultAsync);
        pages.MapMethods("/", ReadMethods, ListAsync);
        pages.MapMethods("/studies/{studyId}", ReadMethods, StudyAsync);
        return pages;
    }

    private static async Task<IResult> ListAsync(HttpContext context, IReviewList list, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var dayAgo = now.AddDays(-1);
        var view = ListView.Of(context.Request.Query);
        var model = context.RequestServices.GetService<IModelPool>()?.Active;
        var page = new ListPage(
            model?.Info,
            model is null ? null : SuggestionScope.Of(model.Bundle),
            await list.CountAsync(dayAgo, context.RequestAborted),
            await list.UrgentAsync(view.AllTime ? null : dayAgo, ListPage.UrgentEntries + 1, view.After, context.RequestAborted),
            await list.RecentAsync(RecentEntries, context.RequestAborted),
            now,
            view);
        return PageShell.Page(
            context, StatusCodes.Status200OK, "心電図AIトリアージ", view.Refresh ? ListPage.RefreshSeconds : 0, page.Render());
    }

    private static async Task<IResult> StudyAsync(
        string studyId, HttpContext context, IStudyLedger ledger, IFhirStore store, AccessAudit audit, TimeProvider time)
    {
        var entry = Guid.TryParseExact(studyId, "D", out var id) ? await ledger.FindByStudyAsync(id, context.RequestAborted) : null;
        if (entry is not { Observation: { } observation, ObservationVersion: { } version })
        {
            return Message(context, StatusCodes.Status404NotFound, "この検査は見つかりません。", "There is no such study.");
        }

        var resource = await store.ReadVersionAsync("Observation", observation["Observation/".Length..], version, context.RequestAborted);
        await audit.RecordAsync(context, "view", $"{observation}/_history/{version}", resource?.Patient, resource is null ? 0 : 1);
        var recording = resource is null ? null : ObservationSignalReader.Read(resource.Json.Span).Recording;
        var envelope = resource is null ? null : ReadEnvelope(resource);
        var page = new StudyPage(entry, recording, envelope, time.GetUtcNow());
        return PageShell.Page(context, StatusCodes.Status200OK, "心電図 - 心電図AIトリアージ", 0, page.Render());
    }

    private static EcgEnvelope? ReadEnvelope(StoredResource resource) =>
        EnvelopeReader.TryRead(resource.Json.Span, out var envelope, out _) ? envelope : null;

    private static async ValueTask<object?> ExplainFaultAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception e) when (DatabaseFaults.IsTransient(e) && !context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            return Message(
                context.HttpContext,
                StatusCodes.Status503ServiceUnavailable,
                "データベースが応答しません。しばらくしてから再読み込みしてください。",
                "The database does not answer: load the page again shortly.");
        }
    }

    private static IResult Message(HttpContext context, int status, string ja, string en) => PageShell.Page(
        context, status, "心電図AIトリアージ", 0, Html.Of($"""
            <header><h1>心電図AIトリアージ<span class="en" lang="en">ECG triage</span></h1></header>
            <main><h2>{ja}</h2><p class="en" lang="en">{en}</p></main>
            """));
}
