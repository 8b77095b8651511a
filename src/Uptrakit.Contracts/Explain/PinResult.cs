namespace Uptrakit.Contracts.Explain;

/// <summary>What became of a pin.</summary>
public enum PinResult
{
    /// <summary>There is none.</summary>
    NoPin,

    /// <summary>The server's own key is the pinned one.</summary>
    IsTheServer,

    /// <summary>What is pinned issued the server's certificate.</summary>
    IssuedTheServer,

    /// <summary>
    /// What is pinned is served or sent, but did not issue the server's certificate, or the certificate has another fault:
    /// anyone can send along what is public.
    /// </summary>
    ServedOnly,

    /// <summary>What is pinned is not to be seen.</summary>
    Absent,
}
