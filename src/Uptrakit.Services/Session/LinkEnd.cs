namespace Uptrakit.Services.Session;

/// <summary>Why a connection is over.</summary>
internal enum LinkEndKind
{
    /// <summary>It broke off, or nobody answered.</summary>
    Lost,

    /// <summary>The server is not the Controller.</summary>
    NotTrusted,

    /// <summary>The Controller does not take this Service's certificate.</summary>
    NotAdmitted,

    /// <summary>It said that this Service is revoked: in a good-bye, or (PERMISSION_DENIED) by not letting it in.</summary>
    Revoked,

    /// <summary>It said that it restarts.</summary>
    Restart,

    /// <summary>It said that another connection with this identity has come.</summary>
    Replaced,
}

/// <summary>How a connection ended.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Words">The end of a sentence, safe to show.</param>
internal sealed record LinkEnd(LinkEndKind Kind, string Words);
