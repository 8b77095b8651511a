namespace Uptrakit.Qu.Commands;

/// <summary>What a colour would say. Plain text says it too: colour is never the only carrier.</summary>
internal enum Tone
{
    Plain,
    Good,
    Bad,
    Doubtful,
    Faint,
}
