using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Controller.Authority;

/// <summary>Signs leaves. It writes nothing: who asks stores the record, in a transaction of his own.</summary>
/// <remarks>A leaf is read back and judged like a stranger's before it leaves; see <see cref="LeafCheck"/>.</remarks>
internal sealed class Issuer(AuthorityOptions options, TimeProvider clock)
{
    private const X509KeyUsageFlags Usage = X509KeyUsageFlags.DigitalSignature;

    /// <summary>A client certificate that names the Service, and nothing that its request asked for.</summary>
    public bool TryIssueService(
        CaSnapshot authority,
        SigningRequest request,
        Guid serviceId,
        [NotNullWhen(true)] out Issued? issued,
        [NotNullWhen(false)] out string? fault)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(serviceId, Guid.Empty);
        SubjectAlternativeNameBuilder names = new();
        names.AddUri(new Uri(SpiffeId.Of(options.TrustDomain, serviceId)));
        LeafTemplate template = new(LeafKind.Service, Oids.ClientAuth, serviceId.ToString("D"), names, Lifetimes.Service);
        return TryIssue(authority, request, template, serviceId, leaf => NamesService(leaf, serviceId), out issued, out fault);
    }

    /// <summary>A server certificate for these names.</summary>
    public bool TryIssueServer(
        CaSnapshot authority,
        SigningRequest request,
        ServerNames server,
        [NotNullWhen(true)] out Issued? issued,
        [NotNullWhen(false)] out string? fault)
    {
        SubjectAlternativeNameBuilder names = new();
        foreach (string name in server.Dns)
            names.AddDnsName(name);
        foreach (System.Net.IPAddress address in server.Addresses)
            names.AddIpAddress(address);
        LeafTemplate template = new(LeafKind.Server, Oids.ServerAuth, server.CommonName, names, Lifetimes.Server);
        return TryIssue(authority, request, template, serviceId: null, server.AreThoseOf, out issued, out fault);
    }

    private bool TryIssue(
        CaSnapshot authority,
        SigningRequest request,
        LeafTemplate template,
        Guid? serviceId,
        Predicate<X509Certificate2> hasItsNames,
        [NotNullWhen(true)] out Issued? issued,
        [NotNullWhen(false)] out string? fault)
    {
        issued = null;
        DateTimeOffset now = Extensions.WholeSeconds(clock.GetUtcNow());
        LiveCa ca = authority.Issuing;
        if (now < ca.NotBefore || now >= ca.NotAfter)
        {
            fault = $"the issuing CA is valid from {ca.NotBefore:u} to {ca.NotAfter:u} and signs nothing now: compare the clock, "
                + "and rotate the issuing CA";
            return false;
        }

        X509Certificate2 leaf = Sign(ca, request, template, now);
        fault = hasItsNames(leaf) ? LeafCheck.Fault(leaf, request, template.Usage, ca, now) : "it does not have the names it was made for";
        if (fault is not null)
        {
            leaf.Dispose();
            fault = $"the certificate that was just signed is not handed out: {fault}";
            return false;
        }

        issued = new Issued(leaf, [leaf.RawData, .. authority.Intermediates.Select(above => above.RawData)], new IssuedCertificate
        {
            Serial = SerialText.Of(leaf),
            CaId = ca.Id,
            Kind = template.Kind,
            ServiceId = serviceId,
            Key = request.Key,
            NotBefore = new DateTimeOffset(leaf.NotBefore).ToUniversalTime(),
            NotAfter = new DateTimeOffset(leaf.NotAfter).ToUniversalTime(),
        });
        return true;
    }

    private X509Certificate2 Sign(LiveCa ca, SigningRequest request, LeafTemplate template, DateTimeOffset now)
    {
        CaKey signer = ca.Key ?? throw new InvalidOperationException("a retired CA signs nothing");
        CertificateRequest certificate = new(template.Subject(), request.PublicKey, signer.Hash);
        certificate.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        certificate.CertificateExtensions.Add(new X509KeyUsageExtension(Usage, critical: true));
        certificate.CertificateExtensions.Add(template.UsageExtension());
        certificate.CertificateExtensions.Add(template.NamesExtension());
        certificate.CertificateExtensions.Add(Extensions.SubjectKeyId(request.PublicKey));
        Extensions.AddIssuer(certificate, ca, options.Pki);

        (DateTimeOffset from, DateTimeOffset to) = Extensions.Within(ca, now - Lifetimes.Backdating, now + template.Lifetime);
        return certificate.Create(ca.Certificate.SubjectName, signer, from, to, SerialText.Fresh());
    }

    private bool NamesService(X509Certificate2 leaf, Guid serviceId) =>
        SpiffeId.TryRead(leaf, options.TrustDomain, out Guid named) && named == serviceId;
}
