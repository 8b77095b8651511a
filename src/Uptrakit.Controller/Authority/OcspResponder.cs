using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Uptrakit.Controller.Authority;

/// <summary>Answers whether a certificate is good, by what was issued: a serial number that we never signed is unknown.</summary>
/// <remarks>The CA that signed the certificate signs the answer, as long as it has its key (RFC 6960, section 4.2.2.2).</remarks>
internal sealed class OcspResponder(IAuthorityStore store, AuthorityKeys keys, TimeProvider clock)
{
    // SHA-1 is what clients hash the issuer's name with to this day; nothing rests on it but finding the CA.
    private static readonly Dictionary<string, HashAlgorithmName> Hashes = new(StringComparer.Ordinal)
    {
        ["1.3.14.3.2.26"] = HashAlgorithmName.SHA1,
        ["2.16.840.1.101.3.4.2.1"] = HashAlgorithmName.SHA256,
        ["2.16.840.1.101.3.4.2.2"] = HashAlgorithmName.SHA384,
        ["2.16.840.1.101.3.4.2.3"] = HashAlgorithmName.SHA512,
    };

    /// <summary>Takes the request out of the last part of a GET's path (RFC 6960, appendix A.1), already unescaped.</summary>
    public static bool TryDecodeGet(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? request)
    {
        request = null;
        if (text.Length > Base64.GetMaxEncodedToUtf8Length(OcspRequest.MaximumSize))
            return false;
        byte[] decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(Encoding.UTF8.GetMaxByteCount(text.Length))];
        if (!Convert.TryFromBase64Chars(text, decoded, out int written))
            return false;
        request = decoded[..written];
        return true;
    }

    /// <summary>The response, DER. A request that makes no sense gets an answer that says so; only the store can make this fail.</summary>
    public async Task<byte[]> RespondAsync(ReadOnlyMemory<byte> request, CancellationToken cancel)
    {
        if (!OcspRequest.TryParse(request, out OcspRequest? asked))
            return OcspAnswer.Malformed;

        CaSnapshot snapshot = keys.Current;
        LiveCa[] issuers = [.. snapshot.WithKey];
        LiveCa? signer = asked.Certificates.Select(id => IssuerOf(id, issuers)).FirstOrDefault(ca => ca is not null);
        if (signer is null)
            return OcspAnswer.Unauthorized;

        List<(OcspCertId, OcspStatus)> answers = [];
        foreach (OcspCertId id in asked.Certificates)
        {
            // One signature covers all answers, and each CA may only speak of its own.
            bool own = IssuerOf(id, [signer]) is not null;
            answers.Add((id, own ? await StatusAsync(signer, id.Serial, snapshot, cancel) : OcspStatus.Unknown));
        }

        return OcspAnswer.Write(signer, answers, asked.Nonce, Extensions.WholeSeconds(clock.GetUtcNow()));
    }

    private static LiveCa? IssuerOf(OcspCertId id, LiveCa[] issuers)
    {
        if (!Hashes.TryGetValue(id.HashOid, out HashAlgorithmName hash))
            return null;
        foreach (LiveCa ca in issuers)
        {
            byte[] name = CryptographicOperations.HashData(hash, ca.Certificate.SubjectName.RawData);
            if (id.IssuerName.Span.SequenceEqual(name) && id.IssuerKey.Span.SequenceEqual(OcspAnswer.KeyHash(ca.Certificate, hash)))
                return ca;
        }

        return null;
    }

    private async Task<OcspStatus> StatusAsync(LiveCa ca, string serial, CaSnapshot snapshot, CancellationToken cancel)
    {
        if (ca.Record.Role == CaRole.Root)
            return OfCa(ca, serial, snapshot);

        IssuedCertificate? issued = await store.FindIssuedAsync(ca.Id, serial, cancel);
        return issued is null ? OcspStatus.Unknown : new OcspStatus(true, issued.Revoked, issued.Reason);
    }

    private static OcspStatus OfCa(LiveCa root, string serial, CaSnapshot snapshot)
    {
        if (!RetiredCa.IsOurs(serial, root, snapshot, out RetiredCa? retired))
            return OcspStatus.Unknown;
        return retired is null ? OcspStatus.Good : new OcspStatus(true, retired.Retired, RetiredCa.Reason);
    }
}
