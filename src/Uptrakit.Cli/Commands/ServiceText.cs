using Uptrakit.Cli.Output;
using Uptrakit.Contracts.Api;

namespace Uptrakit.Cli.Commands;

/// <summary>Services as people read them.</summary>
internal static class ServiceText
{
    internal static void Table(ApiWork work, ServiceList list)
    {
        TablePrinter table = new("ID", "NAME", "KIND", "STATE", "TRUST", "VERSION", "LAST SEEN", "CERTIFICATE");
        foreach (ServiceView service in list.Items)
        {
            table.Add(service.Id, service.FriendlyName, service.Kind, State(service), service.Trust?.Mode, service.Version,
                service.Connected ? "now" : Moments.Ago(work.Clock, service.LastSeenAt), CertificateEnd(work, service));
        }
        table.Print(work.Terminal);
        // What an operator has to compare before approving is long: only those who wait are shown with it.
        foreach (ServiceView waiting in list.Items.Where(service => service.State == "pending"))
            work.Terminal.Say($"{waiting.Id} waits for approval; its key is {waiting.KeyFingerprint}");
    }

    internal static void Details(ApiWork work, ServiceView service)
    {
        FieldPrinter fields = new(work.Terminal);
        fields.Add("id", service.Id);
        fields.Add("name", service.FriendlyName);
        fields.Add("kind", service.Kind);
        fields.Add("state", service.State);
        fields.Add("key", service.KeyFingerprint);
        fields.Add("capabilities", string.Join(", ", service.Capabilities));
        fields.Add("version", service.Version);
        fields.Add("requested", Moments.Ago(work.Clock, service.RequestedAt));
        fields.Add("enrolled", service.EnrolledAt is null ? null : Moments.Ago(work.Clock, service.EnrolledAt));
        fields.Add("last seen", service.Connected ? "now" : Moments.Ago(work.Clock, service.LastSeenAt));
        Trust(fields, service.Trust);
        Certificate(fields, service.Certificate);
        Facts(fields, service.Facts);
        fields.Print();
    }

    private static void Trust(FieldPrinter fields, ServiceTrustView? trust)
    {
        if (trust is null)
            return;
        string extras = string.Concat(
            trust.PublicRoots ? ", public roots" : "", trust.NativeRoots ? ", native roots" : "",
            trust.SkipHostname ? ", name not compared" : "");
        fields.Add("trust", trust.Mode + extras);
        foreach (string anchor in trust.Anchors)
            fields.Add("anchor", anchor);
    }

    private static void Certificate(FieldPrinter fields, ServiceCertificateView? certificate)
    {
        if (certificate is null)
            return;
        fields.Add("certificate", certificate.Fingerprint);
        fields.Add("serial", certificate.Serial);
        fields.Add("issued by", certificate.Issuer);
        fields.Add("valid", $"{Moments.Day(certificate.NotBefore)} to {Moments.Day(certificate.NotAfter)}");
    }

    private static void Facts(FieldPrinter fields, HostFactsView? facts)
    {
        if (facts is null)
            return;
        fields.Add("host", facts.Hostname);
        fields.Add("system", $"{facts.OsName} {facts.OsVersion}, {facts.Kernel}, {facts.Architecture}");
        fields.Add("machine", $"{facts.Cpus} CPUs, {facts.MemoryBytes >> 20} MiB");
        fields.Add("addresses", string.Join(", ", facts.Addresses));
    }

    private static Cell State(ServiceView service) => service.State switch
    {
        "active" => new Cell("active", service.Connected ? Tone.Good : Tone.Doubtful),
        "pending" => new Cell("pending", Tone.Doubtful),
        _ => new Cell(service.State, Tone.Bad),
    };

    private static string? CertificateEnd(ApiWork work, ServiceView service) =>
        service.Certificate is ServiceCertificateView certificate ? Moments.Until(work.Clock, certificate.NotAfter) : null;
}
