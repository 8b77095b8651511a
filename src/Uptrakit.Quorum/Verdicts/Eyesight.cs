namespace Uptrakit.Quorum.Verdicts;

/// <summary>How one member's votes compare with what most see.</summary>
/// <param name="Seen">Checks on which it has a vote.</param>
/// <param name="Well">Of those, the ones that a majority of all members sees up.</param>
/// <param name="Alone">Of those again, the ones that it sees down.</param>
internal readonly record struct Eyesight(int Seen, int Well, int Alone)
{
    public Eyesight With(bool ok, bool well) => new(Seen + 1, Well + (well ? 1 : 0), Alone + (well && !ok ? 1 : 0));

    /// <summary>Fewer checks say nothing of the eyes.</summary>
    private const int LeastChecks = 4;

    /// <summary>It sees down most of what it looks at, and most see that up.</summary>
    public bool IsBlind => Seen >= LeastChecks && Alone * 2 > Seen;

    /// <summary>It agrees on three of four at least: far enough from blind, so that nobody goes in and out.</summary>
    public bool IsWell => Well > 0 && Alone * 4 <= Well;
}
