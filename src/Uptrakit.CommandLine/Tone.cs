namespace Uptrakit.CommandLine;

/// <summary>What a colour would say. Plain text says it too: colour is never the only carrier.</summary>
public enum Tone
{
    Plain,
    Good,
    Bad,
    Doubtful,
    Faint,
}
