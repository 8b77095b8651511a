namespace Uptrakit.Contracts.Explain;

/// <summary>Why a server is not the expected one, as far as one can tell from here.</summary>
public enum MismatchCause
{
    /// <summary>It is the expected one.</summary>
    None,

    /// <summary>The authority was replaced, and the former one vouches for the new one by its signature.</summary>
    HandedOver,

    /// <summary>
    /// A younger authority without a word from the former one: a Controller that was set up anew, or someone who plays it.
    /// </summary>
    Reinstalled,

    /// <summary>A proxy takes TLS apart: the chain ends in a root of this machine that is not a public one.</summary>
    TlsInspection,

    /// <summary>Another Controller, or another cluster.</summary>
    OtherController,

    /// <summary>Only the dates do not fit, and this machine's clock is not the server's.</summary>
    Clock,

    /// <summary>Only the dates do not fit, and the clocks agree: the certificate has ended.</summary>
    Ended,

    /// <summary>It is the expected Controller, under a name that its certificate does not have.</summary>
    Name,

    /// <summary>The public or this machine's roots vouch for the server, and were not asked for.</summary>
    RootsNotAskedFor,

    /// <summary>What is configured and what is stored here contradict each other, whoever the server is.</summary>
    Contradiction,

    /// <summary>Nothing that can be told apart from an attack.</summary>
    Unknown,
}
