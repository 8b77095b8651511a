using System.Security.Cryptography;
using CsCheck;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Tests.Trust.Enrollment;

public sealed class EnrollmentProofTests
{
    private readonly EnrollmentToken token = Mint();
    private readonly ProofInput input;

    public EnrollmentProofTests() => input = new ProofInput(
        token.Id,
        Key(1),
        Key(2),
        RandomNumberGenerator.GetBytes(32),
        "6f1f8f52-5f0b-4f0e-9a34-0f8a4f1d2c3b",
        "bravo.example.com:9901");

    [Fact]
    public void Verify_ProofOfTheHolder_IsAccepted()
    {
        Assert.True(EnrollmentToken.TryParse(token.Reveal(), out EnrollmentToken? copied, out _));

        Assert.True(EnrollmentProof.Verify(token.PublicKeyInfo, input, copied.Sign(input)));
    }

    [Fact]
    public void Verify_BoundToAnythingElse_IsRefused()
    {
        byte[] proof = token.Sign(input);

        Refused(input with { ServerKey = Key(3) }, proof); // relayed by a man in the middle
        Refused(input with { JoinerKey = Key(3) }, proof); // stolen and presented by another
        Refused(input with { ServerKey = input.JoinerKey, JoinerKey = input.ServerKey }, proof);
        Refused(input with { Nonce = RandomNumberGenerator.GetBytes(32) }, proof); // replayed
        Refused(input with { NodeId = "6f1f8f52-5f0b-4f0e-9a34-0f8a4f1d2c3c" }, proof);
        Refused(input with { Advertise = "evil.example.com:9901" }, proof);
        Refused(input with { TokenId = Mint().Id }, proof);
    }

    [Fact]
    public void Verify_TextMovedFromOneFieldToTheNext_IsRefused() =>
        Refused(input with { NodeId = input.NodeId + "b", Advertise = input.Advertise[1..] }, token.Sign(input));

    [Fact]
    public void Verify_KeyOfAnotherToken_IsRefused() =>
        Assert.False(EnrollmentProof.Verify(Mint().PublicKeyInfo, input, token.Sign(input)));

    [Fact]
    public void Verify_SignatureOfThePublicHalfOnly_CannotBeMade()
    {
        // Whoever reads the state has the public key: a key pair of his own under that name does not fit it.
        using ECDsa own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] forged = own.SignData(token.PublicKeyInfo, HashAlgorithmName.SHA256);

        Refused(input, forged);
        Refused(input, new byte[64]);
    }

    [Fact]
    public void Verify_EveryFlippedBitOfTheSignature_IsRefused()
    {
        byte[] proof = token.Sign(input);
        for (int bit = 0; bit < proof.Length * 8; bit++)
        {
            byte[] changed = [.. proof];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Refused(input, changed);
        }
    }

    [Fact]
    public void Verify_AnyBytes_NeverThrows() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Byte.Array[0, 100]).Sample(
            (key, signature) => Assert.False(EnrollmentProof.Verify(key, input, signature)), iter: 500);

    [Fact]
    public void Verify_KeyThatIsNoPointOfTheCurve_IsRefused()
    {
        byte[] off = token.PublicKeyInfo;
        off[^1] ^= 1;

        Assert.False(EnrollmentProof.Verify(off, input, token.Sign(input)));
        Assert.False(EnrollmentProof.Verify([.. token.PublicKeyInfo, 0], input, token.Sign(input)));
    }

    [Fact]
    public void Verify_GoodSignatureOfAnotherKindOfKey_IsRefused()
    {
        Assert.True(input.TryEncode(out byte[]? encoded));
        using ECDsa koblitz = ECDsa.Create(ECCurve.CreateFromFriendlyName("secp256k1"));
        using ECDsa larger = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using RSA rsa = RSA.Create(2048);

        Assert.False(EnrollmentProof.Verify(
            koblitz.ExportSubjectPublicKeyInfo(), input, koblitz.SignData(encoded, HashAlgorithmName.SHA256)));
        Assert.False(EnrollmentProof.Verify(
            larger.ExportSubjectPublicKeyInfo(), input, larger.SignData(encoded, HashAlgorithmName.SHA256)));
        Assert.False(EnrollmentProof.Verify(
            rsa.ExportSubjectPublicKeyInfo(), input, rsa.SignData(encoded, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)));
    }

    [Fact]
    public void Verify_InputThatHasNoEncoding_IsRefused()
    {
        byte[] proof = token.Sign(input);
        ProofInput[] unfit =
        [
            input with { Nonce = [] }, input with { Nonce = null! }, input with { Nonce = new byte[33] },
            input with { TokenId = null! }, input with { NodeId = new string('x', 65) }, input with { Advertise = "\ud800" },
            input with { Advertise = new string('x', 513) }, input with { ServerKey = null! }, input with { JoinerKey = null! },
        ];

        Refused(null, proof);
        foreach (ProofInput bad in unfit)
        {
            Refused(bad, proof);
            Assert.Throws<ArgumentException>(() => token.Sign(bad));
        }
    }

    private static SpkiFingerprint Key(byte seed) => SpkiFingerprint.OfSubjectPublicKeyInfo([seed]);

    private static EnrollmentToken Mint() =>
        EnrollmentToken.Mint(Guid.NewGuid(), DateTimeOffset.UnixEpoch.AddYears(60), [new("a", 9901, Key(1))]);

    private void Refused(ProofInput? changed, byte[] proof) =>
        Assert.False(EnrollmentProof.Verify(token.PublicKeyInfo, changed, proof));
}
