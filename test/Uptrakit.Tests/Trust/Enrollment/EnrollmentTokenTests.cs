using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Tests.Trust.Enrollment;

public sealed class EnrollmentTokenTests
{
    private static readonly Gen<SpkiFingerprint> Pins =
        Gen.Byte.Array[16].Select(bytes => SpkiFingerprint.OfSubjectPublicKeyInfo(bytes));

    private static readonly Gen<string> Hosts = Gen.OneOf(
        Gen.String[Gen.Char["abcxyz019.-_"], 1, 255],
        Gen.OneOf("2001:db8::1", "fe80::1%eth0", "bücher.example"));

    private static readonly Gen<TokenEndpoint> Endpoints =
        Gen.Select(Hosts, Gen.Int[1, 65535], Pins).Select((host, port, pin) => new TokenEndpoint(host, port, pin));

    private static readonly Gen<EnrollmentToken> Tokens =
        Gen.Select(Gen.Guid, Gen.Long[0, 253402300799], Endpoints.Array[1, 8]).Select((cluster, seconds, endpoints) =>
            EnrollmentToken.Mint(cluster, DateTimeOffset.FromUnixTimeSeconds(seconds), endpoints));

    [Fact]
    public void TryParse_WhatWasRevealed_IsTheSameToken() =>
        Tokens.Sample(minted =>
        {
            string text = minted.Reveal();
            Assert.StartsWith("qut1_", text, StringComparison.Ordinal);
            Assert.InRange(text.Length, 1, 4096);
            Assert.True(EnrollmentToken.TryParse($"  {text}\n", out EnrollmentToken? read, out TokenFault fault));
            Assert.Equal(TokenFault.None, fault);
            Assert.Equal(minted.Id, read.Id);
            Assert.Equal(minted.ClusterId, read.ClusterId);
            Assert.Equal(minted.Expires, read.Expires);
            Assert.Equal(minted.Endpoints, read.Endpoints);
            Assert.Equal(minted.PublicKeyInfo, read.PublicKeyInfo);
            Assert.Equal(text, read.Reveal());
        }, iter: 200);

    // Host names of three lengths: the last character then carries no, two or four bits that nothing decodes to.
    [Theory]
    [InlineData("alpha.example.com")]
    [InlineData("alpha.example.com.")]
    [InlineData("alpha.example.com.x")]
    public void TryParse_EveryTruncation_IsRefusedAsOne(string host)
    {
        string text = Mint(host).Reveal();
        for (int length = 1; length < text.Length; length++)
            Assert.Equal(TokenFault.Truncated, FaultOf(text[..length]));
    }

    [Theory]
    [InlineData("alpha.example.com")]
    [InlineData("alpha.example.com.")]
    [InlineData("alpha.example.com.x")]
    public void TryParse_EverySingleChangedCharacter_IsRefused(string host)
    {
        string text = Mint(host).Reveal();
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_ =+/\0é";
        for (int at = 0; at < text.Length; at++)
        {
            foreach (char put in alphabet.Where(c => c != text[at]))
            {
                string changed = text[..at] + put + text[(at + 1)..];
                Assert.NotEqual(TokenFault.None, FaultOf(changed));
            }
        }
    }

    [Fact]
    public void TryParse_CharacterLeftOutOrDoubledOrPutIn_IsRefused()
    {
        string text = Mint("alpha").Reveal();
        for (int at = 0; at < text.Length; at++)
        {
            Assert.NotEqual(TokenFault.None, FaultOf(text.Remove(at, 1)));
            Assert.NotEqual(TokenFault.None, FaultOf(text.Insert(at, text[at].ToString())));
            foreach (string put in (string[])[" ", "\n", "=", "\0"])
                Assert.True(FaultOf(text.Insert(at, put)) != TokenFault.None || (at == 0 && string.IsNullOrWhiteSpace(put)));
        }
    }

    [Theory]
    [InlineData("=")]
    [InlineData("==")]
    [InlineData("A")]
    [InlineData("\0")]
    public void TryParse_SomethingBehind_IsRefused(string behind)
    {
        foreach (string host in (string[])["a", "ab", "abc"])
            Assert.NotEqual(TokenFault.None, FaultOf(Mint(host).Reveal() + behind));
    }

    [Theory]
    [InlineData(null, TokenFault.Empty)]
    [InlineData("", TokenFault.Empty)]
    [InlineData(" \n", TokenFault.Empty)]
    [InlineData("hello", TokenFault.NotAToken)]
    [InlineData("eyJpZCI6ImUtMTIzNCJ9", TokenFault.NotAToken)]
    [InlineData("QUT1_AAAA", TokenFault.NotAToken)]
    [InlineData("qut2_AAAA", TokenFault.UnknownVersion)]
    [InlineData("qut1_", TokenFault.Truncated)]
    [InlineData("qut1_????", TokenFault.Mistyped)]
    public void TryParse_OtherText_NamesTheFault(string? text, TokenFault fault) => Assert.Equal(fault, FaultOf(text));

    [Fact]
    public void TryParse_TooLong_IsRefusedUnread() =>
        Assert.Equal(TokenFault.Malformed, FaultOf("qut1_" + new string('A', 4096)));

    [Fact]
    public void TryParse_AnyText_NeverThrows() =>
        Gen.String.Sample(static text => _ = FaultOf("qut1_" + text), iter: 1000);

    [Fact]
    public void TryParse_AnyPayloadWithAChecksumThatFits_NeverThrows() =>
        Gen.Select(Gen.Byte.Array[0, 400], Gen.Bool).Sample(static (payload, known) =>
        {
            if (known && payload.Length > 0)
                payload[0] = 1;
            _ = FaultOf(Sealed(payload));
        }, iter: 1000);

    [Fact]
    public void TryParse_PayloadOfAnotherVersion_SaysSo() =>
        Assert.Equal(TokenFault.UnknownVersion, FaultOf(Sealed([2, .. new byte[200]])));

    [Theory]
    [InlineData("no endpoint")]
    [InlineData("nine endpoints")]
    [InlineData("bytes left over")]
    [InlineData("cut")]
    [InlineData("port zero")]
    [InlineData("host empty")]
    [InlineData("host not UTF-8")]
    [InlineData("host with escape")]
    [InlineData("expiry out of range")]
    public void TryParse_SealedNonsense_IsMalformed(string kind)
    {
        byte[] header = [1, .. new byte[8 + 32 + 16], .. new byte[8]];
        byte[] endpoint = [1, (byte)'h', 0, 1, .. new byte[32]];
        Assert.Equal(TokenFault.None, FaultOf(Sealed([.. header, 1, .. endpoint])));

        byte[] payload = kind switch
        {
            "no endpoint" => [.. header, 0],
            "nine endpoints" => [.. header, 9, .. Enumerable.Repeat(endpoint, 9).SelectMany(b => b)],
            "bytes left over" => [.. header, 1, .. endpoint, 0],
            "cut" => [.. header, 1, .. endpoint[..^1]],
            "port zero" => [.. header, 1, 1, (byte)'h', 0, 0, .. new byte[32]],
            "host empty" => [.. header, 1, 0, 0, 1, .. new byte[32]],
            "host not UTF-8" => [.. header, 1, 1, 0xff, 0, 1, .. new byte[32]],
            "host with escape" => [.. header, 1, 1, 0x1b, 0, 1, .. new byte[32]],
            _ => [.. header[..^8], .. Enumerable.Repeat((byte)0x7f, 8), 1, .. endpoint],
        };
        Assert.Equal(TokenFault.Malformed, FaultOf(Sealed(payload)));
    }

    [Fact]
    public void ToString_Always_ShowsTheIdAndNoSecret()
    {
        EnrollmentToken token = Mint();
        byte[] secret = Base64Url.DecodeFromChars(token.Reveal().AsSpan(5))[9..41];

        Assert.Matches("^e-[0-9a-f]{16}$", token.Id);
        Assert.Equal(token.Id, token.ToString());
        Assert.Equal(token.Id, $"{token}");
        Assert.DoesNotContain(Convert.ToHexString(secret)[..8], token.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(-1, token.PublicKeyInfo.AsSpan().IndexOf(secret.AsSpan(0, 8)));
    }

    [Fact]
    public void Mint_Twice_SharesNothingSecret()
    {
        EnrollmentToken one = Mint(), two = Mint();

        Assert.NotEqual(one.Id, two.Id);
        Assert.NotEqual(one.PublicKeyInfo, two.PublicKeyInfo);
    }

    [Fact]
    public void Mint_WhatNoTokenCanHold_IsABug()
    {
        TokenEndpoint good = new("h", 1, SpkiFingerprint.OfSubjectPublicKeyInfo([]));
        DateTimeOffset time = DateTimeOffset.UnixEpoch;

        Assert.Throws<ArgumentException>(() => EnrollmentToken.Mint(Guid.Empty, time, []));
        Assert.Throws<ArgumentException>(() => EnrollmentToken.Mint(Guid.Empty, time, [.. Enumerable.Repeat(good, 9)]));
        Assert.Throws<ArgumentException>(() => EnrollmentToken.Mint(Guid.Empty, time.AddSeconds(-1), [good]));
        foreach (string host in (string[])["", " ", "a b", "a\n", "\u001b[2J", "\ud800", new('a', 256), new('ü', 128)])
            Assert.Throws<ArgumentException>(() => EnrollmentToken.Mint(Guid.Empty, time, [good with { Host = host }]));
        foreach (int port in (int[])[-1, 0, 65536])
            Assert.Throws<ArgumentException>(() => EnrollmentToken.Mint(Guid.Empty, time, [good with { Port = port }]));
    }

    [Fact]
    public void Derive_KnownSecret_GivesTheKeyThatAnotherImplementationComputed()
    {
        // Computed with the hashlib of Python and textbook curve arithmetic: a change here ends every outstanding token.
        byte[] secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        byte[] id = [.. Enumerable.Range(0xa0, 8).Select(i => (byte)i)];
        using ECDsa key = TokenKey.OfNodes.Derive(secret, id, Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"));

        Assert.Equal(
            "39490fd7315b6320b1e0b335ae42024e0eaf030cf244d5757d49aaad09995bb4"
            + "6d29d0a2bc41445438a0ad59f091e36a86c949eee30ec2ea2cc3827e123ad123",
            Convert.ToHexStringLower(key.ExportSubjectPublicKeyInfo()[^64..]));
    }

    [Fact]
    public void Describe_EveryFault_HasItsOwnSentence() =>
        Assert.Distinct(Enum.GetValues<TokenFault>().Select(EnrollmentToken.Describe));

    private static EnrollmentToken Mint(string host = "alpha.example.com") => EnrollmentToken.Mint(
        Guid.NewGuid(),
        DateTimeOffset.UnixEpoch.AddYears(60),
        [
            new(host, 9901, SpkiFingerprint.OfSubjectPublicKeyInfo([1])),
            new("10.0.0.2", 9901, SpkiFingerprint.OfSubjectPublicKeyInfo([2])),
        ]);

    private static TokenFault FaultOf(string? text)
    {
        bool read = EnrollmentToken.TryParse(text, out EnrollmentToken? token, out TokenFault fault);
        Assert.Equal(read, fault == TokenFault.None);
        Assert.Equal(read, token is not null);
        return fault;
    }

    private static string Sealed(byte[] payload) => "qut1_" + Base64Url.EncodeToString(
        [.. payload, .. SHA256.HashData([.. Encoding.ASCII.GetBytes("qut1_"), .. payload])[..4]]);
}
