using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Trust.Enrollment;

/// <summary>A secret with which Services may enroll at one Controller.</summary>
/// <remarks>
/// The secret never travels and the Controller never stores it: a Service signs with a key derived from it (<see cref="Sign"/>),
/// the Controller holds the public half (<see cref="PublicKeyInfo"/>). How often and until when it may be used, and for what, is
/// the Controller's to decide. It may carry where the Controller is and the fingerprint of its root, so that one paste is enough.
/// </remarks>
public sealed class ServiceToken
{
    private readonly ServiceTokenPayload payload;
    private readonly byte[] publicKeyInfo;

    private ServiceToken(ServiceTokenPayload payload)
    {
        this.payload = payload;
        Id = "s-" + Convert.ToHexStringLower(payload.Id);
        using ECDsa key = DeriveKey();
        publicKeyInfo = key.ExportSubjectPublicKeyInfo();
    }

    /// <summary>The public part: "s-" and 16 lower-case hex digits.</summary>
    public string Id { get; }

    /// <summary>The Controller it enrolls at.</summary>
    public Guid ControllerId => payload.ControllerId;

    /// <summary>When it ends, in whole seconds, UTC.</summary>
    public DateTimeOffset Expires => payload.Expires;

    /// <summary>Where the Controller is reached, in the order in which to try: none to four.</summary>
    public IReadOnlyList<TokenAddress> Addresses => payload.Addresses;

    /// <summary>The fingerprint of the Controller's root that the Service must find; null when the token carries no pin.</summary>
    public CertificateFingerprint? Pin => payload.Pin;

    /// <summary>
    /// What the Controller stores: the DER of the SubjectPublicKeyInfo of the P-256 key that HKDF-SHA256 (RFC 5869) makes of the
    /// secret. A new copy each time.
    /// </summary>
    [SuppressMessage("Performance", "CA1819", Justification = "A copy, so that nobody changes ours")]
    public byte[] PublicKeyInfo => [.. publicKeyInfo];

    /// <summary>Makes a token with a new random id (8 bytes) and a new random secret (32 bytes).</summary>
    /// <param name="controllerId">The Controller.</param>
    /// <param name="expires">When it ends, from 1970 on; cut to whole seconds.</param>
    /// <param name="addresses">None to four places where the Controller is reached.</param>
    /// <param name="pin">The fingerprint of its root; null for none.</param>
    /// <returns>The token.</returns>
    /// <exception cref="ArgumentException">
    /// More than four addresses; a host or port that no address can have; a time before 1970.
    /// </exception>
    public static ServiceToken Mint(
        Guid controllerId, DateTimeOffset expires, IReadOnlyList<TokenAddress> addresses, CertificateFingerprint? pin)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        if (addresses.Count > ServiceTokenPayload.MaximumAddresses)
            throw new ArgumentException($"a token holds at most {ServiceTokenPayload.MaximumAddresses} addresses", nameof(addresses));
        if (addresses.FirstOrDefault(static address => !TokenHost.IsFit(address.Host, address.Port)) is { } unfit)
            throw new ArgumentException($"'{unfit.Host}', port {unfit.Port}, is no address", nameof(addresses));
        long seconds = expires.ToUnixTimeSeconds();
        if (seconds < 0)
            throw new ArgumentException("a token cannot end before 1970", nameof(expires));

        return new ServiceToken(new ServiceTokenPayload
        {
            Id = RandomNumberGenerator.GetBytes(ServiceTokenPayload.IdSize),
            Secret = RandomNumberGenerator.GetBytes(ServiceTokenPayload.SecretSize),
            ControllerId = controllerId,
            Expires = DateTimeOffset.FromUnixTimeSeconds(seconds),
            Pin = pin,
            Addresses = Array.AsReadOnly(addresses.ToArray()),
        });
    }

    /// <summary>Reads a token that somebody copied.</summary>
    /// <param name="text">The text, at most 4096 characters; white space around it is trimmed, none is allowed inside.</param>
    /// <param name="token">The token, or null when refused.</param>
    /// <param name="fault">What is wrong; <see cref="TokenFault.None"/> when nothing is.</param>
    /// <returns>Whether the text was a whole token. Never throws. Neither expiry nor Controller is judged.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ServiceToken? token, out TokenFault fault)
    {
        token = null;
        fault = TokenText.OfServices.Open(text, out byte[] bytes);
        if (fault != TokenFault.None)
            return false;

        fault = ServiceTokenPayload.Decode(bytes, out ServiceTokenPayload? payload);
        CryptographicOperations.ZeroMemory(bytes);
        token = payload is null ? null : new ServiceToken(payload);
        return token is not null;
    }

    /// <summary>Says what is wrong and what to do about it. Never quotes the token.</summary>
    /// <param name="fault">The fault.</param>
    /// <returns>A sentence for the operator.</returns>
    public static string Describe(TokenFault fault) => fault switch
    {
        TokenFault.None => "the token is in order",
        TokenFault.Empty => "there is no token: pass the one that the Controller gave out",
        TokenFault.NotAToken => $"this is not an enrollment token of a Service (one begins with {TokenText.OfServices.Prefix}): "
            + "copy the whole line that the Controller gave out",
        TokenFault.Truncated => "the end of the token is missing: copy it again, as one line without breaks",
        TokenFault.Mistyped => "the token was changed on its way (its checksum does not fit): copy it again, do not type it",
        TokenFault.UnknownVersion => "the token was made by a newer version: install the version of the Controller on this host",
        _ => "the token was not made by a Controller of this kind: ask for a new one",
    };

    /// <summary>The text, secret included: for the operator who asked for the token, and for nobody else. Not for logs.</summary>
    /// <returns>"upt1_" and base64url.</returns>
    public string Reveal() => TokenText.OfServices.Of(payload.Encode());

    /// <summary>Signs a proof that its maker holds the secret (ECDSA on P-256 with SHA-256, FIPS 186-5).</summary>
    /// <param name="input">What the proof is bound to.</param>
    /// <returns>64 bytes: r and s as in IEEE P1363.</returns>
    /// <exception cref="ArgumentException">The input cannot be encoded; see <see cref="ServiceProofInput"/>.</exception>
    public byte[] Sign(ServiceProofInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (!input.TryEncode(out byte[]? encoded))
            throw new ArgumentException("a field is missing or too long, or the nonce has not 32 bytes", nameof(input));

        using ECDsa key = DeriveKey();
        return key.SignData(encoded, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>The public part only, so that a token that reaches a log by mistake gives nothing away.</summary>
    /// <returns><see cref="Id"/>.</returns>
    public override string ToString() => Id;

    private ECDsa DeriveKey() => TokenKey.OfServices.Derive(payload.Secret, payload.Id, payload.ControllerId);
}
