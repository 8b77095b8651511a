namespace Uptrakit.Qu.Commands;

/// <summary>How to join a cluster. Not a record: its text form would show the token.</summary>
internal sealed class JoinOptions(string token, InitOptions node, bool assumeYes)
{
    /// <summary>The token as it was pasted; secret.</summary>
    internal string Token => token;

    internal InitOptions Node => node;

    internal bool AssumeYes => assumeYes;
}
