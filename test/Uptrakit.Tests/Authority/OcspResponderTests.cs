using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CsCheck;
using Uptrakit.Controller.Authority;

namespace Uptrakit.Tests.Authority;

public sealed class OcspResponderTests
{
    private static readonly byte[] Malformed = [0x30, 0x03, 0x0a, 0x01, 0x01];
    private static readonly byte[] Unauthorized = [0x30, 0x03, 0x0a, 0x01, 0x06];
    private static readonly Asn1Tag Tag2 = new(TagClass.ContextSpecific, 2, isConstructed: true);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.3.14.3.2.26", "SHA1")]
    [InlineData("2.16.840.1.101.3.4.2.1", "SHA256")]
    [InlineData("2.16.840.1.101.3.4.2.3", "SHA512")]
    public async Task Respond_IssuerHashedInAnyOfTheUsualWays_IsFound(string oid, string hash)
    {
        await using TestController controller = await TestController.StartAsync();
        Issued leaf = await controller.EnrollAsync();

        byte[] answer = await AskAsync(controller, Request([CertId(controller.Now.Issuing, leaf.Record.Serial, oid, hash)]));

        Assert.Equal(0, StatusOf(answer));
    }

    [Fact]
    public async Task Respond_ForeignIssuerOrUnknownHash_IsUnauthorized()
    {
        await using TestController controller = await TestController.StartAsync();
        await using TestController other = await TestController.StartAsync();
        Issued leaf = await controller.EnrollAsync();

        Assert.Equal(Unauthorized, await AskAsync(controller, Request([CertId(other.Now.Issuing, leaf.Record.Serial)])));
        Assert.Equal(Unauthorized, await AskAsync(controller, Request([CertId(controller.Now.Issuing, leaf.Record.Serial, "1.2.3.4", "SHA1")])));
    }

    [Fact]
    public async Task Respond_TwoIssuersInOneRequest_SpeaksOnlyForTheFirst()
    {
        await using TestController controller = await TestController.StartAsync();
        Issued leaf = await controller.EnrollAsync();
        LiveCa issuing = controller.Now.Issuing;
        LiveCa root = controller.Now.Roots[0];

        byte[] answer = await AskAsync(controller, Request([CertId(issuing, leaf.Record.Serial), CertId(root, SerialText.Of(issuing.Certificate))]));

        Assert.Equal([0, 2], SinglesOf(answer)); // good, unknown
    }

    [Fact]
    public async Task Respond_RetiredIssuingCa_IsRevokedByItsRoot()
    {
        await using TestController controller = await TestController.StartAsync();
        string former = SerialText.Of(controller.Now.Issuing.Certificate);
        await TestRotation.RunAsync(controller, RotationStep.PrepareIssuing, RotationStep.ActivateIssuing, RotationStep.RetireIssuing);
        LiveCa root = controller.Now.Roots[0];

        byte[] answer = await AskAsync(
            controller, Request([CertId(root, former), CertId(root, SerialText.Of(controller.Now.Issuing.Certificate)), CertId(root, "01")]));

        Assert.Equal([1, 0, 2], SinglesOf(answer));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public async Task Respond_Nonce_IsLimited(int length, bool taken)
    {
        await using TestController controller = await TestController.StartAsync();
        Issued leaf = await controller.EnrollAsync();
        byte[] nonce = RandomNumberGenerator.GetBytes(length);

        byte[] answer = await AskAsync(controller, Request([CertId(controller.Now.Issuing, leaf.Record.Serial)], nonce));

        Assert.Equal(taken, !answer.AsSpan().SequenceEqual(Malformed));
        Assert.True(length == 0 || taken == answer.AsSpan().IndexOf(nonce) >= 0 || length == 1);
    }

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public async Task Respond_ManyCertificates_IsLimited(int count, bool taken)
    {
        await using TestController controller = await TestController.StartAsync();
        Issued leaf = await controller.EnrollAsync();
        byte[] id = CertId(controller.Now.Issuing, leaf.Record.Serial);

        byte[] answer = await AskAsync(controller, Request([.. Enumerable.Repeat(id, count)]));

        Assert.Equal(taken, !answer.AsSpan().SequenceEqual(Malformed));
    }

    [Fact]
    public async Task Respond_AnyBytes_AnswersAndNeverThrows()
    {
        await using TestController controller = await TestController.StartAsync();
        Issued leaf = await controller.EnrollAsync();
        byte[] good = Request([CertId(controller.Now.Issuing, leaf.Record.Serial)], RandomNumberGenerator.GetBytes(16));

        await Gen.Byte.Array[0, 200].SampleAsync(async bytes => Assert.Equal(Malformed, await AskAsync(controller, bytes)), iter: 500);
        await Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte).SampleAsync(async (at, value) =>
        {
            byte[] changed = [.. good];
            changed[at] = value;
            Assert.NotEmpty(await AskAsync(controller, changed));
            Assert.Equal(Malformed, await AskAsync(controller, good[..at]));
        }, iter: 500);
        Assert.Equal(Malformed, await AskAsync(controller, [.. good, 0]));
        Assert.Equal(Malformed, await AskAsync(controller, new byte[OcspRequest.MaximumSize + 1]));
    }

    [Fact]
    public void DecodeGet_Base64_IsTheRequestAndGarbageIsRefused()
    {
        Assert.True(OcspResponder.TryDecodeGet("MAMKAQE=", out byte[]? request));
        Assert.Equal(Malformed, request);
        Assert.False(OcspResponder.TryDecodeGet("%%%", out _));
        Assert.False(OcspResponder.TryDecodeGet(new string('A', 4 * OcspRequest.MaximumSize), out _));
    }

    private static async Task<byte[]> AskAsync(TestController controller, byte[] request) =>
        await new OcspResponder(controller.Store, controller.Keys, controller.Clock).RespondAsync(request, Cancel);

    private static byte[] CertId(LiveCa issuer, string serial, string oid = "1.3.14.3.2.26", string hash = "SHA1")
    {
        HashAlgorithmName name = new(hash);
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
                writer.WriteObjectIdentifier(oid);
            writer.WriteOctetString(CryptographicOperations.HashData(name, issuer.Certificate.SubjectName.RawData));
            writer.WriteOctetString(CryptographicOperations.HashData(name, issuer.Certificate.PublicKey.EncodedKeyValue.RawData));
            writer.WriteIntegerUnsigned(Convert.FromHexString(serial));
        }

        return writer.Encode();
    }

    private static byte[] Request(byte[][] ids, byte[]? nonce = null)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                foreach (byte[] id in ids)
                {
                    using (writer.PushSequence())
                        writer.WriteEncodedValue(id);
                }
            }

            if (nonce is not null)
                WriteNonce(writer, nonce);
        }

        return writer.Encode();
    }

    private static void WriteNonce(AsnWriter writer, byte[] nonce)
    {
        AsnWriter inner = new(AsnEncodingRules.DER);
        inner.WriteOctetString(nonce);
        using (writer.PushSequence(Tag2))
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oids.OcspNonce);
            writer.WriteOctetString(inner.Encode());
        }
    }

    private static int StatusOf(byte[] answer) =>
        new AsnReader(answer, AsnEncodingRules.DER).ReadSequence().ReadEnumeratedBytes().Span[0];

    /// <summary>The tags of the CertStatus of each single response.</summary>
    private static int[] SinglesOf(byte[] answer)
    {
        AsnReader response = new AsnReader(answer, AsnEncodingRules.DER).ReadSequence();
        response.ReadEnumeratedBytes();
        AsnReader bytes = response.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadSequence();
        bytes.ReadObjectIdentifier();
        AsnReader data = new AsnReader(bytes.ReadOctetString(), AsnEncodingRules.DER).ReadSequence().ReadSequence();
        data.ReadEncodedValue();
        data.ReadGeneralizedTime();
        List<int> tags = [];
        for (AsnReader list = data.ReadSequence(); list.HasData;)
        {
            AsnReader single = list.ReadSequence();
            single.ReadSequence();
            tags.Add(single.PeekTag().TagValue);
        }

        return [.. tags];
    }
}
