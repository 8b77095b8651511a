using System.Text;
using Uptrakit.Cli.Connection;
using Uptrakit.Contracts.Client;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Cli.Configuration;

/// <summary>What the form of the file cannot say by itself.</summary>
internal static class ConfigRules
{
    /// <summary>Null when the entry is sound.</summary>
    internal static string? FaultOf(string server, ServerEntry? entry)
    {
        if (entry is null)
            return $"there is nothing about {server}";
        if (!ControllerAddress.TryParse(server, out ControllerAddress? address, out _) || Target.NameOf(address) != server)
            return $"'{server}' is not an address as uptrakit writes it: https://host:port";
        if (entry.Ca is StoredCa ca && CertificateOf(ca) is null)
            return $"the ca of {server} is not one certificate with the fingerprint beside it";
        if (entry.Token is StoredToken token && (token.Access.Length == 0 || token.Kind is not (StoredToken.Device or StoredToken.Api)))
            return $"the token of {server} is not one that uptrakit stores";
        return null;
    }

    /// <summary>The authority as a bundle of one; null when the two fields do not agree.</summary>
    internal static CertificateBundle? CertificateOf(StoredCa ca) =>
        CertificateBundle.TryParse(Encoding.ASCII.GetBytes(ca.Pem), out CertificateBundle? bundle, out _)
        && bundle.Certificates.Count == 1
        && CertificateFingerprint.TryParse(ca.Fingerprint, out CertificateFingerprint? fingerprint)
        && CertificateFingerprint.Of(bundle.Certificates[0]).Matches(fingerprint)
            ? bundle
            : null;
}
