using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Tests.Trust.Enrollment;

public sealed class ServiceTokenTests
{
    private static readonly Gen<CertificateFingerprint?> Pins = Gen.OneOf(
        Gen.Const((CertificateFingerprint?)null),
        Gen.Byte.Array[32].Select(bytes => CertificateFingerprint.TryFromBytes(bytes, out CertificateFingerprint? pin) ? pin : null));

    private static readonly Gen<TokenAddress> Addresses = Gen.Select(
        Gen.OneOf(Gen.String[Gen.Char["abcxyz019.-_"], 1, 255], Gen.OneOf("2001:db8::1", "bücher.example")),
        Gen.Int[1, 65535]).Select((host, port) => new TokenAddress(host, port));

    private static readonly Gen<ServiceToken> Tokens =
        Gen.Select(Gen.Guid, Gen.Long[0, 253402300799], Addresses.Array[0, 4], Pins).Select((controller, seconds, addresses, pin) =>
            ServiceToken.Mint(controller, DateTimeOffset.FromUnixTimeSeconds(seconds), addresses, pin));

    [Fact]
    public void TryParse_WhatWasRevealed_IsTheSameToken() =>
        Tokens.Sample(minted =>
        {
            string text = minted.Reveal();
            Assert.StartsWith("upt1_", text, StringComparison.Ordinal);
            Assert.InRange(text.Length, 1, 4096);
            Assert.True(ServiceToken.TryParse($"  {text}\n", out ServiceToken? read, out TokenFault fault));
            Assert.Equal(TokenFault.None, fault);
            Assert.Equal(minted.Id, read.Id);
            Assert.Equal(minted.ControllerId, read.ControllerId);
            Assert.Equal(minted.Expires, read.Expires);
            Assert.Equal(minted.Addresses, read.Addresses);
            Assert.Equal(minted.Pin, read.Pin);
            Assert.Equal(minted.PublicKeyInfo, read.PublicKeyInfo);
            Assert.Equal(text, read.Reveal());
        }, iter: 200);

    [Theory]
    [InlineData("hub.example.com")]
    [InlineData("hub.example.com.")]
    [InlineData("hub.example.com.x")]
    public void TryParse_EveryTruncation_IsRefusedAsOne(string host)
    {
        string text = Mint(host).Reveal();
        for (int length = 1; length < text.Length; length++)
            Assert.Equal(TokenFault.Truncated, FaultOf(text[..length]));
    }

    [Fact]
    public void TryParse_EverySingleChangedCharacter_IsRefused()
    {
        string text = Mint("hub").Reveal();
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_ =+/\0é";
        for (int at = 0; at < text.Length; at++)
        {
            foreach (char put in alphabet.Where(c => c != text[at]))
                Assert.NotEqual(TokenFault.None, FaultOf(text[..at] + put + text[(at + 1)..]));
        }
    }

    [Fact]
    public void TryParse_TokenOfAnotherPlane_IsNone()
    {
        string ofANode = EnrollmentToken.Mint(
            Guid.NewGuid(), DateTimeOffset.UnixEpoch, [new("a", 1, SpkiFingerprint.OfSubjectPublicKeyInfo([]))]).Reveal();

        Assert.Equal(TokenFault.NotAToken, FaultOf(ofANode));
        Assert.False(EnrollmentToken.TryParse(Mint("hub").Reveal(), out _, out TokenFault fault));
        Assert.Equal(TokenFault.NotAToken, fault);
        Assert.NotEqual(TokenFault.None, FaultOf("upt1_" + ofANode[5..]));
    }

    [Fact]
    public void TryParse_AnyPayloadWithAChecksumThatFits_NeverThrows() =>
        Gen.Select(Gen.Byte.Array[0, 400], Gen.Bool).Sample(static (payload, known) =>
        {
            if (known && payload.Length > 0)
                payload[0] = 1;
            _ = FaultOf(Sealed(payload));
        }, iter: 1000);

    [Theory]
    [InlineData("pin flag of two")]
    [InlineData("pin cut")]
    [InlineData("five addresses")]
    [InlineData("bytes left over")]
    [InlineData("port zero")]
    [InlineData("host with escape")]
    [InlineData("host not UTF-8")]
    [InlineData("expiry out of range")]
    public void TryParse_SealedNonsense_IsMalformed(string kind)
    {
        byte[] header = [1, .. new byte[8 + 32 + 16], .. new byte[8]];
        byte[] address = [1, (byte)'h', 0, 1];
        Assert.Equal(TokenFault.None, FaultOf(Sealed([.. header, 0, 1, .. address])));
        Assert.Equal(TokenFault.None, FaultOf(Sealed([.. header, 1, .. new byte[32], 0])));

        byte[] payload = kind switch
        {
            "pin flag of two" => [.. header, 2, .. new byte[64], 0],
            "pin cut" => [.. header, 1, .. new byte[31]],
            "five addresses" => [.. header, 0, 5, .. Enumerable.Repeat(address, 5).SelectMany(b => b)],
            "bytes left over" => [.. header, 0, 1, .. address, 0],
            "port zero" => [.. header, 0, 1, 1, (byte)'h', 0, 0],
            "host with escape" => [.. header, 0, 1, 1, 0x1b, 0, 1],
            "host not UTF-8" => [.. header, 0, 1, 1, 0xff, 0, 1],
            _ => [.. header[..^8], .. Enumerable.Repeat((byte)0x7f, 8), 0, 0],
        };
        Assert.Equal(TokenFault.Malformed, FaultOf(Sealed(payload)));
    }

    [Fact]
    public void ToString_Always_ShowsTheIdAndNoSecret()
    {
        ServiceToken token = Mint("hub");
        byte[] secret = Base64Url.DecodeFromChars(token.Reveal().AsSpan(5))[9..41];

        Assert.Matches("^s-[0-9a-f]{16}$", token.Id);
        Assert.Equal(token.Id, $"{token}");
        Assert.Equal(-1, token.PublicKeyInfo.AsSpan().IndexOf(secret.AsSpan(0, 8)));
    }

    [Fact]
    public void Mint_WhatNoTokenCanHold_IsABug()
    {
        DateTimeOffset time = DateTimeOffset.UnixEpoch;
        TokenAddress good = new("h", 1);

        Assert.Throws<ArgumentException>(() => ServiceToken.Mint(Guid.Empty, time, [.. Enumerable.Repeat(good, 5)], null));
        Assert.Throws<ArgumentException>(() => ServiceToken.Mint(Guid.Empty, time.AddSeconds(-1), [], null));
        foreach (string host in (string[])["", " ", "a\n", "\u001b[2J", "\ud800", new('a', 256)])
            Assert.Throws<ArgumentException>(() => ServiceToken.Mint(Guid.Empty, time, [good with { Host = host }], null));
        foreach (int port in (int[])[-1, 0, 65536])
            Assert.Throws<ArgumentException>(() => ServiceToken.Mint(Guid.Empty, time, [good with { Port = port }], null));
    }

    [Fact]
    public void Derive_KnownSecret_GivesTheKeyThatAnotherImplementationComputed()
    {
        // Computed with the hashlib of Python and textbook curve arithmetic: a change here ends every outstanding token.
        byte[] secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        byte[] id = [.. Enumerable.Range(0xa0, 8).Select(i => (byte)i)];
        using ECDsa key = TokenKey.OfServices.Derive(secret, id, Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"));

        Assert.Equal(
            "e4c568a13cc97cd0d6ed8c219e66f2abf71d29b229986ee73b4cb16592d9fa97"
            + "bbc4ae136a30339bdfeaaa8d2775f200cb2597346d20f7169813e29cbb9f8544",
            Convert.ToHexStringLower(key.ExportSubjectPublicKeyInfo()[^64..]));
    }

    [Fact]
    public void Describe_EveryFault_HasItsOwnSentence() =>
        Assert.Distinct(Enum.GetValues<TokenFault>().Select(ServiceToken.Describe));

    private static ServiceToken Mint(string host) => ServiceToken.Mint(
        Guid.NewGuid(),
        DateTimeOffset.UnixEpoch.AddYears(60),
        [new(host, 8443), new("10.0.0.2", 8443)],
        CertificateFingerprint.TryFromBytes(new byte[32], out CertificateFingerprint? pin) ? pin : null);

    private static TokenFault FaultOf(string? text)
    {
        bool read = ServiceToken.TryParse(text, out ServiceToken? token, out TokenFault fault);
        Assert.Equal(read, fault == TokenFault.None);
        Assert.Equal(read, token is not null);
        return fault;
    }

    private static string Sealed(byte[] payload) => "upt1_" + Base64Url.EncodeToString(
        [.. payload, .. SHA256.HashData([.. Encoding.ASCII.GetBytes("upt1_"), .. payload])[..4]]);
}
