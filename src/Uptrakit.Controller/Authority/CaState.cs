namespace Uptrakit.Controller.Authority;

/// <summary>How far a CA has come. It only ever moves down this list; the numbers are stored.</summary>
internal enum CaState
{
    /// <summary>Made, and known to nobody outside.</summary>
    Prepared = 1,

    /// <summary>Part of the bundle, so that Services come to trust it; signs nothing yet.</summary>
    Distributing = 2,

    /// <summary>Signs what is new. One root and one issuing CA are in this state.</summary>
    Active = 3,

    /// <summary>Still trusted, and what it signed is still accepted; it signs only its CRL and OCSP answers.</summary>
    Retiring = 4,

    /// <summary>Trusted no longer; its key has been destroyed.</summary>
    Retired = 5,
}
