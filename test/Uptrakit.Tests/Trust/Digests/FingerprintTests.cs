using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CsCheck;
using Uptrakit.Tests.Shared;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Tests.Trust.Digests;

public sealed class FingerprintTests
{
    private static readonly Gen<byte[]> Digest = Gen.Byte.Array[32];

    // Case is chosen per character by the bits of a long.
    private static readonly Gen<(byte[] Bytes, string Text)> Written =
        Gen.Select(Digest, Gen.Bool, Gen.OneOf("", "sha256:", "SHA256:", "Sha256:"), Gen.OneOf("", " ", "\n", "\t "), Gen.Long)
            .Select((bytes, pairs, prefix, around, cases) =>
                (bytes, around + prefix + Mixed(pairs ? Pairs(bytes) : Hex(bytes), cases) + around));

    [Fact]
    public void TryParse_AnyAllowedForm_GivesTheBytesAndTheCanonicalText() =>
        Written.Sample(written =>
        {
            Assert.True(SpkiFingerprint.TryParse(written.Text, out SpkiFingerprint? spki));
            Assert.True(CertificateFingerprint.TryParse(written.Text, out CertificateFingerprint? certificate));
            Assert.Equal(written.Bytes, spki.Bytes.ToArray());
            Assert.Equal(Hex(written.Bytes), spki.ToString());
            Assert.Equal(Hex(written.Bytes), certificate.ToString());
            Assert.Equal("sha256:" + Hex(written.Bytes), certificate.ToPrefixedString());
        }, iter: 1000);

    [Fact]
    public void TryParse_PrintedForm_GivesAnEqualValue() =>
        Digest.Sample(bytes =>
        {
            Assert.True(SpkiFingerprint.TryFromBytes(bytes, out SpkiFingerprint? value));
            Assert.True(SpkiFingerprint.TryParse(value.ToPrefixedString(), out SpkiFingerprint? again));
            Assert.True(value.Matches(again));
            Assert.Equal(value, again);
            Assert.Equal(value.GetHashCode(), again.GetHashCode());
        }, iter: 1000);

    [Fact]
    public void TryParse_OneCharacterMoreOrLess_IsRefused() =>
        Gen.Select(Digest, Gen.Bool, Gen.Int[0, 94], Gen.Char["0:g -\0"], Gen.Bool).Sample((bytes, pairs, at, extra, remove) =>
        {
            string text = pairs ? Pairs(bytes) : Hex(bytes);
            at %= text.Length;
            string changed = remove ? text.Remove(at, 1) : text.Insert(at, extra.ToString());
            Assert.Equal(changed.Trim() == text, SpkiFingerprint.TryParse(changed, out _));
        }, iter: 2000);

    [Fact]
    public void TryParse_OneCharacterThatIsNoHexDigit_IsRefused() =>
        Gen.Select(Digest, Gen.Int[1, 62], Gen.Char).Where((_, _, put) => !char.IsAsciiHexDigit(put)).Sample((bytes, at, put) =>
        {
            string text = Hex(bytes);
            Assert.False(SpkiFingerprint.TryParse(text[..at] + put + text[(at + 1)..], out SpkiFingerprint? value));
            Assert.Null(value);
        }, iter: 2000);

    [Fact]
    public void TryParse_AnyText_NeverThrows() =>
        Gen.String.Sample(static text => Assert.False(SpkiFingerprint.TryParse(text + "!", out _)), iter: 1000);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("sha256:")]
    [InlineData("sha256: 0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("sha256:sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("sha1:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0x00000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00")]
    [InlineData("٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠")]
    public void TryParse_OtherForm_IsRefused(string? text)
    {
        Assert.False(SpkiFingerprint.TryParse(text, out _));
        Assert.False(CertificateFingerprint.TryParse(text, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(31)]
    [InlineData(33)]
    public void TryFromBytes_OtherLength_IsRefused(int length)
    {
        Assert.False(SpkiFingerprint.TryFromBytes(new byte[length], out _));
        Assert.False(CertificateFingerprint.TryFromBytes(new byte[length], out _));
    }

    [Fact]
    public void Matches_OneBitDiffers_IsFalse() =>
        Gen.Select(Digest, Gen.Int[0, 255]).Sample((bytes, bit) =>
        {
            byte[] changed = [.. bytes];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(SpkiFingerprint.TryFromBytes(bytes, out SpkiFingerprint? one));
            Assert.True(SpkiFingerprint.TryFromBytes(changed, out SpkiFingerprint? other));
            Assert.False(one.Matches(other));
            Assert.NotEqual(one, other);
        }, iter: 1000);

    [Fact]
    public void Of_CertificateReissued_ChangesAndTheSpkiDoesNot()
    {
        using TestKey key = new();
        X509Certificate2 first = key.Leaf("a");
        X509Certificate2 second = key.Leaf("b");

        Assert.NotEqual(CertificateFingerprint.Of(first), CertificateFingerprint.Of(second));
        Assert.Equal(SpkiFingerprint.Of(first), SpkiFingerprint.Of(second));
        Assert.Equal(key.Pin, SpkiFingerprint.Of(first));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(first.RawData)), CertificateFingerprint.Of(first).ToString());
    }

    [Fact]
    public void Of_RsaCertificate_IsTheHashOfItsKey()
    {
        using RSA rsa = RSA.Create(2048);
        CertificateRequest request = new("CN=rsa", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 leaf = request.CreateSelfSigned(now, now.AddDays(1));

        Assert.Equal(SpkiFingerprint.OfSubjectPublicKeyInfo(rsa.ExportSubjectPublicKeyInfo()), SpkiFingerprint.Of(leaf));
    }

    [Fact]
    public void TryOf_KeyOfAnAlgorithmTheFrameworkDoesNotKnow_IsRead()
    {
        // openssl req -x509 -newkey ed25519: an algorithm without parameters.
        using X509Certificate2 leaf = X509Certificate2.CreateFromPem(Ed25519);

        Assert.True(SpkiFingerprint.TryOf(leaf, out SpkiFingerprint? key));
        Assert.Equal(Ed25519Pin, key.ToString());
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static string Pairs(byte[] bytes) => string.Join(':', bytes.Select(b => b.ToString("x2")));

    private static string Mixed(string text, long cases) =>
        string.Concat(text.Select((c, i) => (cases >> (i % 64) & 1) == 0 ? c : char.ToUpperInvariant(c)));

    private const string Ed25519Pin = "c89d7f12909827fbc0c46e176e3fde54517f25aaeaf9fc0774f28b08adf43d51";

    private const string Ed25519 = """
        -----BEGIN CERTIFICATE-----
        MIIBMjCB5aADAgECAhQOvQnybOQunOQNb2uQvCMbvUSyuzAFBgMrZXAwDjEMMAoG
        A1UEAwwDb2RkMCAXDTI2MTEyMjIyMzU0OVoYDzIxMjYxMDI5MjIzNTQ5WjAOMQww
        CgYDVQQDDANvZGQwKjAFBgMrZXADIQAcemmdM7SpIf6RpdRr0JzKNSo25jMA13dg
        n/AyUefcNKNTMFEwHQYDVR0OBBYEFFZQfdlLJqDz5d6ZQI10b9Rt1kjQMB8GA1Ud
        IwQYMBaAFFZQfdlLJqDz5d6ZQI10b9Rt1kjQMA8GA1UdEwEB/wQFMAMBAf8wBQYD
        K2VwA0EAlz8TP2MbEy7JpW9UXbfzWPQh+4DXbpD/wOodWLH3yaXeNFRFb7SrtHUM
        uecofppj7cLJCev9jYQOvvNLFGccBg==
        -----END CERTIFICATE-----
        """;
}
