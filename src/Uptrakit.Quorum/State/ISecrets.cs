namespace Uptrakit.Quorum.State;

/// <summary>Gives the text that a secret of the state stands for on this node.</summary>
internal interface ISecrets
{
    /// <param name="place">Whose it is: a sealed one opens nowhere else.</param>
    /// <param name="secret">Absent means an empty text.</param>
    /// <param name="text">For a request or a connection only: it belongs in no log, no exception and no report.</param>
    /// <param name="fault">What is wrong and what to do; it never holds the text.</param>
    bool TryRead(SecretPlace place, Secret? secret, out string text, out string fault);
}

/// <summary>Opens what the cluster has sealed.</summary>
internal interface ISealedSecrets
{
    bool TryOpen(SecretPlace place, ReadOnlySpan<byte> bytes, out string text, out string fault);
}
