using System.Text;

namespace Uptrakit.Qu.Tui;

/// <summary>A piece of a line, already clean, and how it looks.</summary>
internal readonly record struct Piece(string Text, Tone Tone, bool Chosen, bool Strong);

/// <summary>One picture: lines of exactly one width.</summary>
internal sealed class Frame(int width, int height)
{
    private readonly List<FrameLine> lines = [];

    public int Width => width;

    public int Height => height;

    /// <summary>Always as many as the picture is high.</summary>
    public IEnumerable<IReadOnlyList<Piece>> Lines
    {
        get
        {
            for (int i = 0; i < height; i++)
                yield return (i < lines.Count ? lines[i] : new FrameLine(width)).Finish();
        }
    }

    /// <summary>A new line at the end. What does not fit into the picture is written and not shown.</summary>
    public FrameLine Add()
    {
        FrameLine line = new(width);
        lines.Add(line);
        return line;
    }

    public int Count => lines.Count;

    public override string ToString()
    {
        StringBuilder text = new();
        foreach (IReadOnlyList<Piece> line in Lines)
        {
            foreach (Piece piece in line)
                text.Append(piece.Text);
            text.Append('\n');
        }

        return text.ToString();
    }
}
