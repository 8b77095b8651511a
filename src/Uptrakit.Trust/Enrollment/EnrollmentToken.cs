using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Uptrakit.Trust.Enrollment;

/// <summary>A single-use secret with which one new node may ask to join one cluster.</summary>
/// <remarks>
/// Source: quorum-security, "Why no shared cluster secret" and "Enrollment step by step". Better than it: the secret never
/// travels and the cluster never stores it, not even hashed. The joiner signs with a key derived from it
/// (<see cref="Sign"/>), the cluster holds the public half (<see cref="PublicKeyInfo"/>), so whoever reads the state
/// redeems nothing. That a token is used once and in time is decided by the replicated state, not here.
/// </remarks>
public sealed class EnrollmentToken
{
    private readonly TokenPayload payload;
    private readonly byte[] publicKeyInfo;

    private EnrollmentToken(TokenPayload payload)
    {
        this.payload = payload;
        Id = IdOf(payload.Id);
        using ECDsa key = DeriveKey();
        publicKeyInfo = key.ExportSubjectPublicKeyInfo();
    }

    /// <summary>The public part: "e-" and 16 lower-case hex digits.</summary>
    public string Id { get; }

    /// <summary>The cluster it admits to.</summary>
    public Guid ClusterId => payload.ClusterId;

    /// <summary>When it ends, in whole seconds, UTC.</summary>
    public DateTimeOffset Expires => payload.Expires;

    /// <summary>Whom to ask, in the order in which to try: one to eight.</summary>
    public IReadOnlyList<TokenEndpoint> Endpoints => payload.Endpoints;

    /// <summary>
    /// What the cluster stores: the DER of the SubjectPublicKeyInfo of the P-256 key that HKDF-SHA256 (RFC 5869) makes of the
    /// secret. A new copy each time.
    /// </summary>
    [SuppressMessage("Performance", "CA1819", Justification = "A copy, so that nobody changes ours")]
    public byte[] PublicKeyInfo => [.. publicKeyInfo];

    /// <summary>Makes a token with a new random id (8 bytes) and a new random secret (32 bytes).</summary>
    /// <param name="clusterId">The cluster.</param>
    /// <param name="expires">When it ends, from 1970 on; cut to whole seconds.</param>
    /// <param name="endpoints">One to eight nodes to ask, in the order in which to try.</param>
    /// <returns>The token.</returns>
    /// <exception cref="ArgumentException">
    /// No endpoint or more than eight; a host or port that no endpoint can have; a time before 1970.
    /// </exception>
    public static EnrollmentToken Mint(Guid clusterId, DateTimeOffset expires, IReadOnlyList<TokenEndpoint> endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        if (endpoints.Count is 0 or > TokenPayload.MaximumEndpoints)
            throw new ArgumentException($"a token holds 1 to {TokenPayload.MaximumEndpoints} endpoints", nameof(endpoints));
        if (endpoints.FirstOrDefault(static endpoint => !TokenPayload.IsFit(endpoint)) is { } unfit)
            throw new ArgumentException($"'{unfit.Host}', port {unfit.Port}, is no endpoint", nameof(endpoints));
        long seconds = expires.ToUnixTimeSeconds();
        if (seconds < 0)
            throw new ArgumentException("a token cannot end before 1970", nameof(expires));

        return new EnrollmentToken(new TokenPayload
        {
            Id = RandomNumberGenerator.GetBytes(TokenPayload.IdSize),
            Secret = RandomNumberGenerator.GetBytes(TokenPayload.SecretSize),
            ClusterId = clusterId,
            Expires = DateTimeOffset.FromUnixTimeSeconds(seconds),
            Endpoints = Array.AsReadOnly(endpoints.ToArray()),
        });
    }

    /// <summary>Reads a token that somebody copied.</summary>
    /// <param name="text">The text, at most 4096 characters; white space around it is trimmed, none is allowed inside.</param>
    /// <param name="token">The token, or null when refused.</param>
    /// <param name="fault">What is wrong; <see cref="TokenFault.None"/> when nothing is.</param>
    /// <returns>Whether the text was a whole token. Never throws. Neither expiry nor cluster is judged.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out EnrollmentToken? token, out TokenFault fault)
    {
        token = null;
        fault = TokenText.OfNodes.Open(text, out byte[] bytes);
        if (fault != TokenFault.None)
            return false;

        fault = TokenPayload.Decode(bytes, out TokenPayload? payload);
        CryptographicOperations.ZeroMemory(bytes);
        token = payload is null ? null : new EnrollmentToken(payload);
        return token is not null;
    }

    /// <summary>Says what is wrong and what to do about it. Never quotes the token.</summary>
    /// <param name="fault">The fault.</param>
    /// <returns>A sentence for the operator.</returns>
    public static string Describe(TokenFault fault) => fault switch
    {
        TokenFault.None => "the token is in order",
        TokenFault.Empty => "there is no token: pass the one that 'qu enroll create' printed",
        TokenFault.NotAToken => $"this is not an enrollment token (one begins with {TokenText.OfNodes.Prefix}): "
            + "copy the whole line that 'qu enroll create' printed",
        TokenFault.Truncated => "the end of the token is missing: copy it again, as one line without breaks",
        TokenFault.Mistyped => "the token was changed on its way (its checksum does not fit): copy it again, do not type it",
        TokenFault.UnknownVersion => "the token was made by a newer version: install the same version of qu on this host",
        _ => "the token was not made by 'qu enroll create': ask for a new one",
    };

    /// <summary>The text, secret included: for the operator who asked for the token, and for nobody else. Not for logs.</summary>
    /// <returns>"qut1_" and base64url.</returns>
    public string Reveal() => TokenText.OfNodes.Of(payload.Encode());

    /// <summary>Signs a proof that its maker holds the secret (ECDSA on P-256 with SHA-256, FIPS 186-5).</summary>
    /// <param name="input">What the proof is bound to.</param>
    /// <returns>64 bytes: r and s as in IEEE P1363.</returns>
    /// <exception cref="ArgumentException">The input cannot be encoded; see <see cref="ProofInput"/>.</exception>
    public byte[] Sign(ProofInput input)
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

    private static string IdOf(byte[] id) => "e-" + Convert.ToHexStringLower(id);

    private ECDsa DeriveKey() => TokenKey.OfNodes.Derive(payload.Secret, payload.Id, payload.ClusterId);
}
