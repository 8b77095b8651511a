using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CsCheck;
using Uptrakit.Controller.Authority;

namespace Uptrakit.Tests.Authority;

public sealed class SigningRequestTests
{
    private static readonly byte[] Good = P256().CreateSigningRequest();

    [Theory]
    [InlineData("nistP256")]
    [InlineData("nistP384")]
    public void Parse_CurveWeTake_HasItsKey(string curve)
    {
        using ECDsa key = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));
        CertificateRequest request = new("CN=x", key, HashAlgorithmName.SHA256);

        Assert.True(SigningRequest.TryParse(request.CreateSigningRequest(), out SigningRequest? read, out CsrFault fault));

        Assert.Equal(CsrFault.None, fault);
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), read.SubjectPublicKeyInfo.ToArray());
    }

    [Theory]
    [InlineData(2048, true)]
    [InlineData(1024, false)]
    [InlineData(5120, false)]
    public void Parse_Rsa_IsBounded(int bits, bool expected)
    {
        using RSA key = RSA.Create(bits);
        CertificateRequest request = new("CN=x", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

        bool taken = SigningRequest.TryParse(request.CreateSigningRequest(), out _, out CsrFault fault);

        Assert.Equal(expected, taken);
        Assert.Equal(expected ? CsrFault.None : CsrFault.Key, fault);
    }

    [Fact]
    public void Parse_P521_IsRefused()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP521);

        Assert.Equal(CsrFault.Key, FaultOf(new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256).CreateSigningRequest()));
    }

    [Fact]
    public async Task Parse_Sha1_IsRefused()
    {
        using OpenSsl openssl = OpenSsl.OrSkip();
        await openssl.ExpectAsync("req", "-new", "-newkey", "rsa:2048", "-sha1", "-nodes", "-keyout", openssl["key.pem"],
            "-subj", "/CN=x", "-outform", "DER", "-out", openssl["csr.der"]);

        Assert.Equal(CsrFault.Algorithm, FaultOf(File.ReadAllBytes(openssl["csr.der"])));
    }

    [Fact]
    public void Parse_SignedByAnotherKey_IsRefused()
    {
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        byte[] stolen = P256().CreateSigningRequest(X509SignatureGenerator.CreateForECDsa(other));

        Assert.Equal(CsrFault.Signature, FaultOf(stolen));
    }

    [Theory]
    [InlineData("CERTIFICATE REQUEST", true)]
    [InlineData("NEW CERTIFICATE REQUEST", true)]
    [InlineData("CERTIFICATE", false)]
    public void Parse_Pem_IsTakenByItsLabel(string label, bool taken)
    {
        byte[] pem = Encoding.ASCII.GetBytes("\n" + PemEncoding.WriteString(label, Good) + "\n");

        Assert.Equal(taken, SigningRequest.TryParse(pem, out _, out _));
    }

    [Fact]
    public void Parse_TooLarge_IsRefusedBeforeItIsRead()
    {
        Assert.Equal(CsrFault.TooLarge, FaultOf([.. Good, .. new byte[SigningRequest.MaximumSize]]));
        Assert.Equal(CsrFault.Unreadable, FaultOf([.. Good, 0]));
        Assert.Equal(CsrFault.Unreadable, FaultOf([]));
    }

    [Fact]
    public async Task Parse_FromOpenSsl_IsTaken()
    {
        using OpenSsl openssl = OpenSsl.OrSkip();
        await openssl.ExpectAsync("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            openssl["key.pem"], "-subj", "/CN=x", "-out", openssl["csr.pem"]);
        await openssl.ExpectAsync("req", "-in", openssl["csr.pem"], "-outform", "DER", "-out", openssl["csr.der"]);

        Assert.True(SigningRequest.TryParse(File.ReadAllBytes(openssl["csr.pem"]), out SigningRequest? pem, out _));
        Assert.True(SigningRequest.TryParse(File.ReadAllBytes(openssl["csr.der"]), out SigningRequest? der, out _));
        Assert.Equal(pem.Key, der.Key);
    }

    [Fact]
    public async Task Parse_CurveWithExplicitParameters_IsRefused()
    {
        using OpenSsl openssl = OpenSsl.OrSkip();
        await openssl.ExpectAsync("ecparam", "-name", "prime256v1", "-genkey", "-param_enc", "explicit", "-out", openssl["key.pem"]);
        await openssl.ExpectAsync("req", "-new", "-key", openssl["key.pem"], "-subj", "/CN=x", "-outform", "DER", "-out", openssl["csr.der"]);

        Assert.Equal(CsrFault.Key, FaultOf(File.ReadAllBytes(openssl["csr.der"])));
    }

    [Fact]
    public void Parse_AnyBytes_NeverThrows() =>
        Gen.Byte.Array[0, 400].Sample(bytes => !SigningRequest.TryParse(bytes, out _, out _), iter: 2000);

    [Fact]
    public void Parse_OneBitChanged_IsRefusedOrTheSameKey() =>
        Gen.Select(Gen.Int[0, Good.Length - 1], Gen.Int[0, 7]).Sample((at, bit) =>
        {
            byte[] changed = [.. Good];
            changed[at] ^= (byte)(1 << bit);
            Assert.False(SigningRequest.TryParse(changed, out _, out CsrFault fault));
            Assert.NotEqual(CsrFault.None, fault);
        }, iter: 1000);

    [Fact]
    public void Parse_Truncated_IsUnreadable()
    {
        for (int length = 0; length < Good.Length; length++)
            Assert.Equal(CsrFault.Unreadable, FaultOf(Good[..length]));
    }

    private static CertificateRequest P256() =>
        new("CN=x", ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256);

    private static CsrFault FaultOf(byte[] encoded)
    {
        Assert.False(SigningRequest.TryParse(encoded, out SigningRequest? read, out CsrFault fault));
        Assert.Null(read);
        Assert.NotEqual("the request is in order", SigningRequest.Describe(fault));
        return fault;
    }
}
