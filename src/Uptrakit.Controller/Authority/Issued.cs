using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Controller.Authority;

/// <summary>A new leaf that has passed our own check, and what is to be remembered of it.</summary>
/// <param name="Leaf">The certificate, without a private key.</param>
/// <param name="Chain">DER: the leaf, then the CAs up to and without the root.</param>
/// <param name="Record">To be stored before the leaf is handed out, or nobody will accept it.</param>
internal sealed record Issued(X509Certificate2 Leaf, IReadOnlyList<byte[]> Chain, IssuedCertificate Record);
