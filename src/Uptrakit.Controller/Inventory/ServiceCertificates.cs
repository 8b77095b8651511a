using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Storage.Rows;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Controller.Inventory;

internal static class ServiceCertificates
{
    /// <summary>The newest certificate of a Service is this one.</summary>
    public static void Take(this ServiceRow row, Issued issued)
    {
        row.Key = issued.Record.Key.ToString();
        row.Serial = issued.Record.Serial;
        row.IssuerId = issued.Record.CaId;
        row.CertificateFingerprint = CertificateFingerprint.Of(issued.Leaf).ToString();
        row.CertificateNotBefore = issued.Record.NotBefore;
        row.CertificateNotAfter = issued.Record.NotAfter;
    }
}
