namespace Uptrakit.Contracts.Client;

/// <summary>What was refused at first contact.</summary>
public enum ContactRefusal
{
    /// <summary>The server; the verdict says why.</summary>
    Server,

    /// <summary>The bundle: redirected, oversized, unreadable or absent.</summary>
    Bundle,

    /// <summary>The bundle, and the server, lack what is pinned.</summary>
    Pin,

    /// <summary>The bundle lacks the certificate that the operator acknowledged.</summary>
    Acknowledgement,
}
