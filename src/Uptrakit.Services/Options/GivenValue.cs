namespace Uptrakit.Services.Options;

/// <summary>The value of a setting, and where it was found. Not a record: its text form would show a token.</summary>
/// <param name="text">The value as it was written.</param>
/// <param name="place">The flag, the variable, or the file and line: what a fault names.</param>
internal sealed class GivenValue(string text, string place)
{
    /// <summary>May be secret.</summary>
    public string Text => text;

    public string Place => place;

    public override string ToString() => place;
}
