using Spectre.Console;
using Spectre.Console.Rendering;

namespace Uptrakit.Qu.Tui;

/// <summary>A frame as the live display takes it: segments, never markup, so that a bracket in a name is a bracket.</summary>
internal sealed class FramePicture(Frame frame) : IRenderable
{
    public Measurement Measure(RenderOptions options, int maxWidth) => new(frame.Width, frame.Width);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        bool first = true;
        foreach (IReadOnlyList<Piece> line in frame.Lines)
        {
            if (!first)
                yield return Segment.LineBreak;
            first = false;
            foreach (Piece piece in line)
                yield return new Segment(piece.Text, StyleOf(piece));
        }
    }

    private static Style StyleOf(Piece piece)
    {
        Decoration decoration = (piece.Chosen ? Decoration.Invert : Decoration.None) | (piece.Strong ? Decoration.Bold : Decoration.None)
            | (piece is { Tone: Tone.Faint, Chosen: false } ? Decoration.Dim : Decoration.None);
        Color colour = piece.Tone switch
        {
            Tone.Good => Color.Green,
            Tone.Bad => Color.Red,
            Tone.Doubtful => Color.Yellow,
            _ => Color.Default,
        };
        return new Style(colour, Color.Default, decoration);
    }
}
