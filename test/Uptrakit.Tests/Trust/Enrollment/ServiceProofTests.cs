using System.Security.Cryptography;
using CsCheck;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Tests.Trust.Enrollment;

public sealed class ServiceProofTests
{
    private readonly ServiceToken token = ServiceToken.Mint(Guid.NewGuid(), DateTimeOffset.UnixEpoch.AddYears(60), [], null);
    private readonly ServiceProofInput input;

    public ServiceProofTests() =>
        input = new ServiceProofInput(token.Id, Key(1), Key(2), RandomNumberGenerator.GetBytes(32), "web-1");

    [Fact]
    public void Verify_ProofOfTheHolder_IsAccepted()
    {
        Assert.True(ServiceToken.TryParse(token.Reveal(), out ServiceToken? copied, out _));

        Assert.True(EnrollmentProof.Verify(token.PublicKeyInfo, input, copied.Sign(input)));
    }

    [Fact]
    public void Verify_BoundToAnythingElse_IsRefused()
    {
        byte[] proof = token.Sign(input);

        Refused(input with { ServerKey = Key(3) }, proof); // relayed by a man in the middle
        Refused(input with { ServiceKey = Key(3) }, proof); // stolen, to certify another key
        Refused(input with { ServerKey = input.ServiceKey, ServiceKey = input.ServerKey }, proof);
        Refused(input with { Nonce = RandomNumberGenerator.GetBytes(32) }, proof);
        Refused(input with { FriendlyName = "web-2" }, proof);
        Refused(input with { TokenId = "s-0000000000000000" }, proof);
    }

    [Fact]
    public void Verify_ProofOfTheOtherPlaneWithTheSameKey_IsRefused()
    {
        // Field for field the same bytes: only the domain parts the two.
        ProofInput ofANode = new(token.Id, input.ServerKey, input.ServiceKey, input.Nonce, input.FriendlyName, "");
        Assert.True(ofANode.TryEncode(out byte[]? encoded));
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] signature = key.SignData(encoded, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        byte[] publicKey = key.ExportSubjectPublicKeyInfo();

        Assert.True(EnrollmentProof.Verify(publicKey, ofANode, signature));
        Assert.False(EnrollmentProof.Verify(publicKey, input, signature));
    }

    [Fact]
    public void Verify_AnyBytes_NeverThrows() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Byte.Array[0, 100]).Sample(
            (key, signature) => Assert.False(EnrollmentProof.Verify(key, input, signature)), iter: 500);

    [Fact]
    public void Verify_InputThatHasNoEncoding_IsRefused()
    {
        byte[] proof = token.Sign(input);
        ServiceProofInput[] unfit =
        [
            input with { Nonce = [] }, input with { Nonce = null! }, input with { TokenId = null! },
            input with { FriendlyName = new string('x', 256) }, input with { FriendlyName = "\ud800" },
            input with { ServerKey = null! }, input with { ServiceKey = null! },
        ];

        Refused(null, proof);
        foreach (ServiceProofInput bad in unfit)
        {
            Refused(bad, proof);
            Assert.Throws<ArgumentException>(() => token.Sign(bad));
        }
    }

    private static SpkiFingerprint Key(byte seed) => SpkiFingerprint.OfSubjectPublicKeyInfo([seed]);

    private void Refused(ServiceProofInput? changed, byte[] proof) =>
        Assert.False(EnrollmentProof.Verify(token.PublicKeyInfo, changed, proof));
}
