namespace Uptrakit.Trust.Verification;

/// <summary>Each refusal as a sentence: what is wrong, and the safe next step.</summary>
internal static class ServerRefusalText
{
    public static string Of(ServerRefusal refusal) =>
        refusal switch
        {
            ServerRefusal.NoTls13 =>
                "the server does not make a TLS 1.3 handshake: it is no Controller, or something old stands before it",
            ServerRefusal.NoLeaf => "the server showed no certificate",
            ServerRefusal.TooManyCertificates =>
                "the server sent more certificates than an honest chain has: let it send its own and "
                    + "those between it and its root",
            ServerRefusal.Expired => "the server's certificate, or one above it, has expired: compare this machine's clock "
                + "('timedatectl') with the server's, then renew the certificate on the server",
            ServerRefusal.NotYetValid =>
                "the server's certificate, or one above it, is not valid yet: compare this machine's clock "
                    + "('timedatectl') with the server's",
            ServerRefusal.NameMismatch =>
                "the name that was called is not among the names of the server's certificate (its subject "
                    + "does not count): call it by a name it has, or have the server's certificate issued with this one",
            ServerRefusal.NotForServers => "the certificate may not be used by a TLS server: it was issued for something else",
            ServerRefusal.CaAsLeaf =>
                "the server uses the certificate of an authority as its own: have one issued for the server",
            ServerRefusal.SelfSigned =>
                "the server's certificate is signed only by itself: pin its key, or have one issued for it",
            ServerRefusal.WeakSignature =>
                "a certificate of the chain is signed with an algorithm that can be forged or is unknown: "
                    + "have it issued anew with SHA-256",
            ServerRefusal.WeakKey =>
                "a certificate of the chain has a key that is too weak or of an unknown kind: RSA of 2048 to 8192 "
                    + "bits, P-256, P-384, P-521 and Ed25519 are taken",
            ServerRefusal.OldVersion => "a certificate of the chain is not of X.509 version 3: have it issued anew",
            ServerRefusal.BadExtension =>
                "a certificate of the chain has an extension that is malformed, doubled, or critical and "
                    + "unknown: have it issued anew without",
            ServerRefusal.NameConstraint => "an authority of the chain may not speak for a name in a certificate below it",
            ServerRefusal.NoAnchor =>
                "there is no authority to verify the server against: give a pin or a CA file, or trust the public "
                    + "or this machine's roots",
            ServerRefusal.UnknownIssuer => "no trusted authority issued the server's certificate: compare the fingerprint in the "
                + "Dashboard's Global Settings with the one that is configured here",
            ServerRefusal.NotACa => "a certificate above the server's is not that of an authority that may issue it",
            ServerRefusal.BadSignature =>
                "a certificate of the chain carries the name of a trusted authority but not its signature: "
                    + "someone else made it, or an authority was made anew under its old name",
            ServerRefusal.InvalidPath => "the server's chain breaks a rule for certification paths (RFC 5280, section 6)",
            ServerRefusal.TooMuchWork => "the server's chain branches more than is worth following",
            ServerRefusal.PinMismatch =>
                "neither the server nor an authority above it has the pinned key: compare the pin with the one "
                    + "in the Dashboard's Global Settings, on a connection that you trust",
            ServerRefusal.Revoked => "a certificate of the chain is revoked, or its issuer's revocation list cannot be relied on",
            _ => "a certificate of the server could not be read",
        };
}
