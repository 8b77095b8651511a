namespace Uptrakit.Controller.Authority;

/// <summary>What a CA is for.</summary>
internal enum CaRole
{
    /// <summary>The anchor that Services pin. Signs issuing CAs and its successor, never a leaf.</summary>
    Root = 1,

    /// <summary>Signs leaves, under one of our roots.</summary>
    Issuing = 2,

    /// <summary>Signs leaves, under a root of the operator's (<c>--ca-cert</c>).</summary>
    External = 3,
}
