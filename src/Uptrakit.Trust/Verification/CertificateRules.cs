namespace Uptrakit.Trust.Verification;

/// <summary>What a certificate must be by itself, for the part it plays in a path.</summary>
internal static class CertificateRules
{
    /// <summary>A server's own certificate, whatever vouches for it.</summary>
    public static ServerRefusal OfLeaf(CertificateFacts leaf, DateTimeOffset now, ServerName? name)
    {
        ServerRefusal refusal = OfLeafWithProvenKey(leaf, now, name);
        if (refusal is not ServerRefusal.None)
            return refusal;

        // An authority's key that is in a server's memory issues certificates for whoever breaks in there.
        if (leaf.Extensions.IsAuthority)
            return ServerRefusal.CaAsLeaf;
        if (leaf.Extensions.KeyUsage is { } uses && uses.HasFlag(KeyUses.KeyCertSign))
            return ServerRefusal.NotForServers;
        return Algorithms.IsStrongSignature(leaf.Signature) ? ServerRefusal.None : ServerRefusal.WeakSignature;
    }

    /// <summary>
    /// A server's own certificate when its key is the pinned one. The handshake has proved the key: who signed the certificate,
    /// and whether it says CA as <c>openssl req -x509</c> makes it, adds nothing.
    /// </summary>
    public static ServerRefusal OfLeafWithProvenKey(CertificateFacts leaf, DateTimeOffset now, ServerName? name)
    {
        ServerRefusal refusal = OfDates(leaf, now);
        if (refusal is not ServerRefusal.None)
            return refusal;

        // TLS 1.3 servers sign (RFC 8446, section 4.4.2.2).
        if (leaf.Extensions.KeyUsage is { } uses && !uses.HasFlag(KeyUses.DigitalSignature))
            return ServerRefusal.NotForServers;
        // An agent's certificate chains to the same authority: without this any agent could be the Controller.
        if (!IsForServers(leaf))
            return ServerRefusal.NotForServers;
        if (!Algorithms.IsStrongKey(leaf.SubjectPublicKeyInfo))
            return ServerRefusal.WeakKey;
        return name is null || name.IsIn(leaf.Extensions.Names) ? ServerRefusal.None : ServerRefusal.NameMismatch;
    }

    /// <summary>An authority between the anchor and the server.</summary>
    /// <param name="authority">The authority.</param>
    /// <param name="below">How many authorities stand between it and the server.</param>
    /// <param name="now">The time.</param>
    public static ServerRefusal OfAuthority(CertificateFacts authority, int below, DateTimeOffset now)
    {
        ServerRefusal refusal = OfAnchor(authority, below, now);
        if (refusal is not ServerRefusal.None)
            return refusal;
        return Algorithms.IsStrongSignature(authority.Signature) ? ServerRefusal.None : ServerRefusal.WeakSignature;
    }

    /// <summary>
    /// A trust anchor. Nobody relies on its own signature, so that may be as old as it likes; its dates, flags and key count:
    /// an authority that was meant to end has ended.
    /// </summary>
    public static ServerRefusal OfAnchor(CertificateFacts anchor, int below, DateTimeOffset now)
    {
        ServerRefusal refusal = OfDates(anchor, now);
        if (refusal is not ServerRefusal.None)
            return refusal;

        // A leaf can be made to sign like an authority; only this flag says that it may.
        if (!anchor.Extensions.IsAuthority)
            return ServerRefusal.NotACa;
        if (anchor.Extensions.KeyUsage is { } uses && !uses.HasFlag(KeyUses.KeyCertSign))
            return ServerRefusal.NotACa;
        if (anchor.Extensions.PathLength < below)
            return ServerRefusal.NotACa;
        if (!IsForServers(anchor))
            return ServerRefusal.NotForServers;
        return Algorithms.IsStrongKey(anchor.SubjectPublicKeyInfo) ? ServerRefusal.None : ServerRefusal.WeakKey;
    }

    private static ServerRefusal OfDates(CertificateFacts certificate, DateTimeOffset now)
    {
        if (now < certificate.NotBefore)
            return ServerRefusal.NotYetValid;
        // Certificates know whole seconds, and the last one belongs to them (RFC 5280, section 4.1.2.5).
        return now >= certificate.NotAfter.AddSeconds(1) ? ServerRefusal.Expired : ServerRefusal.None;
    }

    // anyExtendedKeyUsage is not taken for it: whoever issues for servers says so.
    private static bool IsForServers(CertificateFacts certificate) =>
        certificate.Extensions.Purposes is not { } purposes || purposes.Contains(Oids.ServerAuth);
}
