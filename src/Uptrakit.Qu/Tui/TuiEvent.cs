namespace Uptrakit.Qu.Tui;

/// <summary>Something that happened, in clean words.</summary>
internal sealed record TuiEvent(DateTimeOffset At, Tone Tone, string Words);
