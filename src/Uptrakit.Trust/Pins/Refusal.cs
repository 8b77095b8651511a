namespace Uptrakit.Trust.Pins;

/// <summary>Why a peer was refused. A released value keeps its meaning.</summary>
public enum Refusal
{
    /// <summary>Not refused.</summary>
    None,

    /// <summary>The peer showed no certificate.</summary>
    NoLeaf,

    /// <summary>Not valid at the time of this machine. Certificates of nodes run for 10 years: suspect a clock.</summary>
    OutsideValidity,

    /// <summary>No node has that key pinned, or more than one claims it.</summary>
    UnknownKey,

    /// <summary>The key is pinned, but for another node than the one that was called.</summary>
    OtherPeer,

    /// <summary>The certificate has no form in which a key could be found.</summary>
    Unreadable,
}
