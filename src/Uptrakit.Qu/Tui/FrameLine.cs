using System.Text;

namespace Uptrakit.Qu.Tui;

/// <summary>One line, written from the left, never wider than the picture.</summary>
/// <remarks>Every text is cleaned here, so that no name, target or detail can reach the terminal as anything but letters.</remarks>
internal sealed class FrameLine(int width)
{
    private readonly List<Piece> pieces = [];
    private int used;

    public int Left => width - used;

    public FrameLine Text(string text, Tone tone = Tone.Plain, bool chosen = false, bool strong = false)
    {
        string shown = Cut(Plain.Line(text), Left);
        if (shown.Length > 0)
            pieces.Add(new(shown, tone, chosen, strong));
        used += Plain.WidthOf(shown);
        return this;
    }

    /// <summary>A text in a column of its own.</summary>
    public FrameLine Cell(string text, int columns, Tone tone = Tone.Plain, bool chosen = false)
    {
        if (columns <= 0 || Left <= 0)
            return this;
        string shown = Cut(Plain.Line(text), Math.Min(columns, Left));
        return Text(shown + new string(' ', Math.Max(0, columns - Plain.WidthOf(shown))), tone, chosen);
    }

    public IReadOnlyList<Piece> Finish()
    {
        // Filled up: what the last picture had at this place must go.
        if (Left > 0)
            Text(new string(' ', Left), chosen: pieces.Count > 0 && pieces[^1].Chosen);
        return pieces;
    }

    private static string Cut(string text, int columns)
    {
        if (columns <= 0)
            return "";
        if (Plain.WidthOf(text) <= columns)
            return text;
        StringBuilder cut = new();
        int taken = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int wide = Plain.WidthOf(rune.ToString());
            if (taken + wide > columns - 1)
                break;
            cut.Append(rune);
            taken += wide;
        }

        return cut.Append('…').ToString();
    }
}
