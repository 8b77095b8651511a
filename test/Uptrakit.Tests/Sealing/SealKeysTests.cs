using System.Security.Cryptography;
using Uptrakit.Quorum.Sealing;
using Uptrakit.Tests.Shared;

namespace Uptrakit.Tests.Sealing;

public sealed class SealKeysTests : IDisposable
{
    private readonly ScratchFolder scratch = new();

    private string Current => Path.Combine(scratch.Path, "seal.pem");

    private string Next => Path.Combine(scratch.Path, "seal.next.pem");

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void First_IsMadeForItsOwnerOnly_AndReadAgain()
    {
        using SealKeys made = SealKeys.Open(scratch.Path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Current));
        using SealKeys again = SealKeys.Open(scratch.Path);
        Assert.Equal(made.Current.PublicKey, again.Current.PublicKey);
    }

    [Fact]
    public void File_OthersMayRead_IsRefused()
    {
        SealKeys.Open(scratch.Path).Dispose();
        File.SetUnixFileMode(Current, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", Assert.Throws<InvalidDataException>(() => SealKeys.Open(scratch.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not a key")]
    [InlineData("P-384")]
    [InlineData("public")]
    public void File_ThatHoldsNoSuchKey_IsRefusedAndKept(string what)
    {
        using ECDiffieHellman other = ECDiffieHellman.Create(what == "P-384" ? ECCurve.NamedCurves.nistP384 : ECCurve.NamedCurves.nistP256);
        string text = what switch { "P-384" => other.ExportPkcs8PrivateKeyPem(), "public" => other.ExportSubjectPublicKeyInfoPem(), _ => what };
        File.WriteAllText(Current, text);
        File.SetUnixFileMode(Current, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Assert.Contains(Current, Assert.Throws<InvalidDataException>(() => SealKeys.Open(scratch.Path)).Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(Current));
    }

    [Fact]
    public void Next_IsTheSameUntilItIsTold_AlsoAfterARestart()
    {
        using SealKeys keys = SealKeys.Open(scratch.Path);
        SealKey next = keys.Prepare();
        using SealKeys again = SealKeys.Open(scratch.Path);
        Assert.Equal(next.PublicKey, again.Prepare().PublicKey);
        Assert.Equal(keys.Current.PublicKey, again.Current.PublicKey);

        again.Settle(keys.Current.PublicKey);
        Assert.True(File.Exists(Next));

        again.Settle(next.PublicKey);
        Assert.Equal(next.PublicKey, again.Current.PublicKey);
        Assert.False(File.Exists(Next));
        using SealKeys third = SealKeys.Open(scratch.Path);
        Assert.Equal(next.PublicKey, third.Current.PublicKey);
    }

    [Fact]
    public void ToString_HoldsNothingOfTheKey()
    {
        using SealKey key = SealKey.Create();
        Assert.Equal(20, key.ToString().Length);
    }
}
