using System.Collections.Immutable;
using Uptrakit.Qu.Control;

namespace Uptrakit.Qu.Tui;

/// <summary>What the keyboard does now.</summary>
internal abstract record TuiMode
{
    private TuiMode()
    {
    }

    public static TuiMode Browsing { get; } = new Browse();

    internal sealed record Browse : TuiMode;

    /// <summary>Letters go into the filter.</summary>
    internal sealed record Filtering : TuiMode;

    /// <summary>One yes or no before something is done that cannot be undone.</summary>
    internal sealed record Confirming(string Question, TuiOrder Order) : TuiMode;

    /// <summary>Something new is written down.</summary>
    internal sealed record Filling(Tab Kind, ImmutableArray<FormField> Fields, int At, string Fault) : TuiMode;

    /// <summary>One check in full.</summary>
    /// <param name="CheckId">The check.</param>
    /// <param name="Past">What was, once it has come.</param>
    /// <param name="Fault">Why it has not.</param>
    /// <param name="Asked">An answer is on its way.</param>
    internal sealed record Looking(string CheckId, HistoryReply? Past, string Fault, bool Asked) : TuiMode;
}

/// <summary>One line of a form. With <paramref name="Choices"/>, one of these; else a text.</summary>
internal sealed record FormField(string Name, string Value, ImmutableArray<string> Choices, string Hint)
{
    public static FormField Text(string name, string value, string hint) => new(name, value, [], hint);

    public static FormField OneOf(string name, params ImmutableArray<string> choices) => new(name, choices[0], choices, "left and right change it");
}
