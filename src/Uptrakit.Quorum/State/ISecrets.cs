namespace Uptrakit.Quorum.State;

/// <summary>Gives the text that a secret of the state stands for on this node.</summary>
internal interface ISecrets
{
    /// <param name="secret">Absent means an empty text.</param>
    /// <param name="text">For a request or a connection only: it belongs in no log, no exception and no report.</param>
    /// <param name="fault">What is wrong and what to do; it never holds the text.</param>
    bool TryRead(Secret? secret, out string text, out string fault);
}
