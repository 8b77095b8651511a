using Google.Protobuf;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared;

namespace Uptrakit.Tests.Checks;

public sealed class NodeSecretsTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Theory]
    [InlineData("clear", "clear")]
    [InlineData("", "")]
    [InlineData("FILE:/x", "FILE:/x")]
    public void Text_InClear_IsTheSecret(string text, string expected) => Assert.Equal(expected, Read(text));

    [Fact]
    public void Secret_ThatIsAbsent_IsEmpty()
    {
        Assert.True(new NodeSecrets().TryRead(default, null, out string text, out _));
        Assert.Equal("", text);
    }

    [Fact]
    public void Variable_OfTheDaemon_IsRead()
    {
        Environment.SetEnvironmentVariable("UPTRAKIT_TEST_SECRET", "value");

        Assert.Equal("value", Read("env:UPTRAKIT_TEST_SECRET"));
        Assert.Contains("UPTRAKIT_TEST_NOTHING is not set", Fault("env:UPTRAKIT_TEST_NOTHING"), StringComparison.Ordinal);
        Assert.Contains("name of a variable", Fault("env:A=B"), StringComparison.Ordinal);
    }

    [Fact]
    public void Variable_OfAnotherPurpose_IsNotRead()
    {
        NodeSecrets secrets = new(prefix: "QUPTIME_SECRET_");
        Environment.SetEnvironmentVariable("QUPTIME_SECRET_TEST", "value");

        Assert.True(secrets.TryRead(default, new Secret { Text = "env:QUPTIME_SECRET_TEST" }, out string text, out _));
        Assert.Equal("value", text);
        Assert.False(secrets.TryRead(default, new Secret { Text = "env:PATH" }, out text, out string fault));
        Assert.Equal("", text);
        Assert.Contains("begin with QUPTIME_SECRET_", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("geheim", "geheim")]
    [InlineData("geheim\n", "geheim")]
    [InlineData("a\nb\r\n", "a\nb")]
    public void File_OfTheDaemonAlone_IsReadWithoutItsLastLineBreak(string content, string expected)
    {
        using ScratchFolder folder = new();
        Write(folder["s"], content, OwnerOnly);

        Assert.Equal(expected, Read($"file:{folder["s"]}"));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void File_ThatOthersCanUse_IsRefused(UnixFileMode more)
    {
        using ScratchFolder folder = new();
        Write(folder["s"], "geheim", OwnerOnly | more);

        // The path may come from a member: it is named, and is in no command that somebody would paste.
        Assert.Equal(
            $"the secret's file {folder["s"]} can be used by other users: take that away with chmod 600", Fault($"file:{folder["s"]}"));
    }

    [Fact]
    public void File_ThatIsNone_IsRefusedInWords()
    {
        using ScratchFolder folder = new();
        Write(folder["empty"], "", OwnerOnly);
        Write(folder["large"], new string('x', SecretFile.Limit + 1), OwnerOnly);
        File.WriteAllBytes(folder["binary"], [0xff, 0xfe]);
        File.SetUnixFileMode(folder["binary"], OwnerOnly);

        Assert.Contains("is empty", Fault($"file:{folder["empty"]}"), StringComparison.Ordinal);
        Assert.Contains("larger than 64 KiB", Fault($"file:{folder["large"]}"), StringComparison.Ordinal);
        Assert.Contains("is not text", Fault($"file:{folder["binary"]}"), StringComparison.Ordinal);
        Assert.Contains("cannot be opened", Fault($"file:{folder["missing"]}"), StringComparison.Ordinal);
        Assert.Contains("not a plain file", Fault($"file:{folder.Path}"), StringComparison.Ordinal);
        Assert.Contains("absolute path", Fault("file:secret"), StringComparison.Ordinal);
    }

    [Fact]
    public void Pipe_InPlaceOfAFile_IsRefusedAndNotWaitedFor()
    {
        using ScratchFolder folder = new();
        using System.Diagnostics.Process made = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("mkfifo") { ArgumentList = { "-m", "600", folder["pipe"] } })!;
        made.WaitForExit();

        Assert.Contains("not a plain file", Fault($"file:{folder["pipe"]}"), StringComparison.Ordinal);
    }

    [Fact]
    public void File_OutsideOfTheFolderOfSecrets_IsRefused()
    {
        using ScratchFolder folder = new();
        Directory.CreateDirectory(folder["secrets"]);
        Write(folder["private.pem"], "key", OwnerOnly);
        Write(Path.Combine(folder["secrets"], "s"), "geheim", OwnerOnly);
        NodeSecrets secrets = new(folder["secrets"]);

        Assert.True(secrets.TryRead(default, new Secret { Text = $"file:{folder["secrets"]}/s" }, out _, out _));
        Assert.False(secrets.TryRead(default, new Secret { Text = $"file:{folder["secrets"]}/../private.pem" }, out _, out string fault));
        Assert.Contains("files under", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Secret_ThatIsSealed_IsForAnotherRoom()
    {
        Assert.False(new NodeSecrets().TryRead(default, new Secret { Sealed = ByteString.CopyFromUtf8("x") }, out _, out string fault));
        Assert.Contains("sealed", fault, StringComparison.Ordinal);
    }

    private static void Write(string path, string content, UnixFileMode mode)
    {
        File.WriteAllText(path, content);
        File.SetUnixFileMode(path, mode);
    }

    private static string Read(string text)
    {
        Assert.True(new NodeSecrets().TryRead(default, new Secret { Text = text }, out string found, out string fault), fault);
        return found;
    }

    private static string Fault(string text)
    {
        Assert.False(new NodeSecrets().TryRead(default, new Secret { Text = text }, out string found, out string fault));
        Assert.Equal("", found);
        return fault;
    }
}
