using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Controller.Authority;

/// <summary>Makes CAs: roots, issuing CAs under them, and the certificate that hands one root's trust to the next.</summary>
internal sealed class CaFactory(AuthorityOptions options, IKeySealer sealer, TimeProvider clock)
{
    // Root, successor (cross-signed), issuing CA, leaf: two CAs below a root, one below a successor, none below an issuing CA.
    private const int RootPath = 2;
    private const int CrossPath = 1;
    private const int IssuingPath = 0;

    // digitalSignature because the same keys sign OCSP answers.
    private const X509KeyUsageFlags Usage =
        X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign | X509KeyUsageFlags.DigitalSignature;

    public LiveCa Root(int generation, CaState state)
    {
        CaKey key = CaKey.Create(ECCurve.NamedCurves.nistP384);
        DateTimeOffset now = Now();
        CertificateRequest request = Request(Name("Root", generation), key.PublicKey, key.Hash, RootPath);
        using X509Certificate2 certificate = request.Create(
            request.SubjectName, key, now - Lifetimes.Backdating, now.AddYears(Lifetimes.RootYears), SerialText.Fresh());
        return Store(CaRole.Root, generation, state, key, certificate, parent: null);
    }

    public LiveCa Issuing(int generation, LiveCa root, CaState state)
    {
        CaKey key = CaKey.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = Sign(
            root, Name("Issuing", generation), key.PublicKey, IssuingPath, Now().AddYears(Lifetimes.IssuingYears));
        return Store(CaRole.Issuing, generation, state, key, certificate, root);
    }

    /// <summary>The name and key of a new root, signed by the former one: who trusts only that one can follow.</summary>
    public byte[] CrossSign(LiveCa former, LiveCa successor)
    {
        using X509Certificate2 cross = Sign(
            former, successor.Certificate.SubjectName, successor.Certificate.PublicKey, CrossPath, successor.NotAfter);
        return cross.RawData;
    }

    /// <summary>The record of a CA whose key and certificate the operator brought.</summary>
    public CaRecord External(ExternalCa external, int generation)
    {
        Guid id = Guid.NewGuid();
        CaRecord record = new()
        {
            Id = id,
            Role = CaRole.External,
            State = CaState.Active,
            Generation = generation,
            Certificate = external.Certificate.RawData,
            SealedKey = [],
            Above = external.AboveDer(),
            Created = clock.GetUtcNow(),
            Activated = clock.GetUtcNow(),
        };
        return record with { SealedKey = Seal(external.Key, record) };
    }

    private static CertificateRequest Request(
        X500DistinguishedName subject, PublicKey key, HashAlgorithmName hash, int pathLength)
    {
        CertificateRequest request = new(subject, key, hash);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, pathLength, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(Usage, critical: true));
        request.CertificateExtensions.Add(Extensions.SubjectKeyId(key));
        return request;
    }

    private X509Certificate2 Sign(
        LiveCa issuer, X500DistinguishedName subject, PublicKey key, int pathLength, DateTimeOffset notAfter)
    {
        CaKey signer = issuer.Key ?? throw new InvalidOperationException("a retired CA signs nothing");
        CertificateRequest request = Request(subject, key, signer.Hash, pathLength);
        Extensions.AddIssuer(request, issuer, options.Pki);
        (DateTimeOffset from, DateTimeOffset to) = Extensions.Within(issuer, Now() - Lifetimes.Backdating, notAfter);
        return request.Create(issuer.Certificate.SubjectName, signer, from, to, SerialText.Fresh());
    }

    private LiveCa Store(
        CaRole role, int generation, CaState state, CaKey key, X509Certificate2 certificate, LiveCa? parent)
    {
        CaRecord record = new()
        {
            Id = Guid.NewGuid(),
            Role = role,
            State = state,
            Generation = generation,
            Certificate = certificate.RawData,
            SealedKey = [],
            ParentId = parent?.Id,
            Created = clock.GetUtcNow(),
            Activated = state == CaState.Active ? clock.GetUtcNow() : null,
        };
        record = record with { SealedKey = Seal(key, record) };

        // Opened the way a later start will open it: a key that cannot be read back must not become a CA.
        return LiveCa.TryOpen(record, parent?.Certificate, sealer, out LiveCa? ca, out string? fault)
            ? ca
            : throw new CryptographicException(fault);
    }

    private byte[] Seal(CaKey key, CaRecord record)
    {
        byte[] secret = key.ExportPkcs8();
        try
        {
            return sealer.Seal(secret, record.SealContext);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    // A name of its own for each generation: path builders do not try a second issuer of the same name.
    private X500DistinguishedName Name(string role, int generation)
    {
        X500DistinguishedNameBuilder name = new();
        name.AddCommonName($"Uptrakit {role} G{generation} {options.ShortId}");
        return name.Build();
    }

    private DateTimeOffset Now() => Extensions.WholeSeconds(clock.GetUtcNow());
}
