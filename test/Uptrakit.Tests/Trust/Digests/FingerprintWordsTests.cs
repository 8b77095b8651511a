using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Tests.Trust.Digests;

public sealed class FingerprintWordsTests
{
    private const string Example = "e3676c6137dada24f41974e2fb62546dadc2c6d6b831e4bb2635393218c64ce4";
    private const string ExampleWords = "toddler-derive-blue-hurry-pumpkin-bar-spare-company";

    private static readonly Gen<CertificateFingerprint> Fingerprint = Gen.Byte.Array[32].Select(Of);

    // Made by another program from the list and the hex digits.
    [Theory]
    [InlineData(Example, ExampleWords)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000",
        "abandon-abandon-abandon-abandon-abandon-abandon-abandon-abandon")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "zoo-zoo-zoo-zoo-zoo-zoo-zoo-zoo")]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "abandon-amount-liar-amount-expire-adjust-cage-candy")]
    [InlineData("aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899",
        "primary-taxi-danger-target-useless-ancient-match-hammer")]
    public void Of_KnownFingerprint_IsAlwaysTheSameWords(string fingerprint, string words) =>
        Assert.Equal(words, FingerprintWords.Of(Parse(fingerprint)));

    [Fact]
    public void List_Embedded_IsThePublishedOne()
    {
        using Stream list = typeof(FingerprintWords).Assembly.GetManifestResourceStream("Uptrakit.Trust.fingerprint-words.txt")!;
        string[] words = new StreamReader(list, Encoding.ASCII).ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(2048, words.Distinct().Count());
        Assert.Equal(2048, words.Select(word => word[..Math.Min(4, word.Length)]).Distinct().Count());
        // SHA-256 of the list as BIP-39 publishes it, one word on a line.
        Assert.Equal("2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda", Convert.ToHexStringLower(
            SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', words) + "\n"))));
    }

    [Theory]
    [InlineData("toddler derive blue hurry pumpkin bar spare company")]
    [InlineData("  Toddler-Derive-Blue-Hurry-PUMPKIN-bar-spare-company \n")]
    [InlineData("toddler - derive - blue - hurry - pumpkin - bar - spare - company")]
    [InlineData("toddler\tderive blue  hurry--pumpkin bar spare company")]
    public void Matches_TheWordsInAnotherForm_IsTrue(string text) =>
        Assert.True(FingerprintWords.Matches(text, Parse(Example)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("y")]
    [InlineData("toddler-derive-blue-hurry-pumpkin-bar-spare")]
    [InlineData("toddler-derive-blue-hurry-pumpkin-bar-spare-company-company")]
    [InlineData("derive-toddler-blue-hurry-pumpkin-bar-spare-company")]
    [InlineData("toddler-derive-blue-hurry-pumpkin-bar-spare-companies")]
    [InlineData("todd-deri-blue-hurr-pump-bar-spar-comp")]
    [InlineData("toddler,derive,blue,hurry,pumpkin,bar,spare,company")]
    [InlineData(Example)]
    public void Matches_AnythingElse_IsFalse(string? text) => Assert.False(FingerprintWords.Matches(text, Parse(Example)));

    [Fact]
    public void Matches_WordsOfAnyFingerprint_IsTrueForItAndFalseForOneThatDiffersInTheFirst88Bits() =>
        Gen.Select(Fingerprint, Gen.Int[0, 87]).Sample((fingerprint, bit) =>
        {
            byte[] flipped = fingerprint.Bytes.ToArray();
            flipped[bit / 8] ^= (byte)(0x80 >> (bit % 8));
            string words = FingerprintWords.Of(fingerprint);
            Assert.True(FingerprintWords.Matches(words, fingerprint));
            Assert.False(FingerprintWords.Matches(words, Of(flipped)));
        }, iter: 2000);

    [Fact]
    public void Matches_AnyText_NeverThrows() =>
        Gen.Select(Gen.String, Fingerprint).Sample((text, fingerprint) => FingerprintWords.Matches(text, fingerprint) is false);

    [Fact]
    public void IsWellFormed_WordsOfAnotherFingerprint_IsTrueAndATypingErrorIsFalse()
    {
        Assert.True(FingerprintWords.IsWellFormed("zoo zoo zoo zoo zoo zoo zoo zoo"));
        Assert.False(FingerprintWords.IsWellFormed("zoo zoo zoo zoo zoo zoo zoo zo"));
    }

    private static CertificateFingerprint Parse(string text) =>
        CertificateFingerprint.TryParse(text, out CertificateFingerprint? value) ? value : throw new ArgumentException(text);

    private static CertificateFingerprint Of(byte[] bytes) =>
        CertificateFingerprint.TryFromBytes(bytes, out CertificateFingerprint? value) ? value : throw new ArgumentException("length");
}
