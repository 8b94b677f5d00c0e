namespace EcgIntegration.Training.Data.MitBih;

/// <summary>One annotation of a record.</summary>
/// <param name="Sample">Where it stands, in samples from the record's start.</param>
/// <param name="Symbol">The symbol that PhysioNet prints for its code, such as <c>N</c>, <c>V</c> or <c>+</c>.</param>
/// <param name="Note">Its text, such as <c>(AFIB</c>; empty where there is none.</param>
internal sealed record MitAnnotation(int Sample, char Symbol, string Note)
{
    private const string Beats = "NLRBAaJSVrFejnE/fQ?!";

    /// <summary>Whether it marks a beat or a ventricular flutter wave.</summary>
    public bool IsBeat => Beats.Contains(Symbol, StringComparison.Ordinal);

    /// <summary>Whether it marks a blocked premature beat: a P wave without QRS.</summary>
    public bool IsBlockedBeat => Symbol == 'x';

    /// <summary>Whether the rhythm changes here, to what <see cref="Note"/> says.</summary>
    public bool IsRhythm => Symbol == '+' && Note.StartsWith('(');
}
