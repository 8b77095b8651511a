using System.Runtime.Versioning;
using Uptrakit.Tests.Shared;
using Uptrakit.Trust.Files;

namespace Uptrakit.Tests.Trust.Files;

[SupportedOSPlatform("linux")]
public sealed class PrivateFolderTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly ScratchFolder folder = new();

    [Fact]
    public void Create_MissingFolders_HaveTheModeAndNoFault()
    {
        PrivateFolder.Create(folder["a/b/"], Private);
        PrivateFolder.Create(folder["a/b"], Private);

        Assert.Equal(Private, File.GetUnixFileMode(folder["a"]));
        Assert.Equal(Private, File.GetUnixFileMode(folder["a/b"]));
        Assert.Null(PrivateFolder.Fault(folder["a/b"]));
    }

    [Fact]
    public void Create_NameOfAFile_IsAnIoError()
    {
        File.WriteAllText(folder["a"], "");

        Assert.ThrowsAny<IOException>(() => PrivateFolder.Create(folder["a"], Private));
        Assert.ThrowsAny<IOException>(() => PrivateFolder.Create(folder["a/b"], Private));
    }

    [Fact]
    public void Fault_MissingOrNoFolder_SaysSoWithThePath()
    {
        File.WriteAllText(folder["file"], "");

        Assert.Contains($"{folder["none"]} does not exist", PrivateFolder.Fault(folder["none"]), StringComparison.Ordinal);
        Assert.Contains("is not a folder", PrivateFolder.Fault(folder["file"]), StringComparison.Ordinal);
        Assert.Contains("is not a folder", PrivateFolder.Fault(folder["file/below"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.OtherWrite | UnixFileMode.StickyBit)]
    public void Fault_WritableByOthers_NamesTheRemedy(UnixFileMode extra)
    {
        File.SetUnixFileMode(folder.Path, Private | extra);

        Assert.Contains($"chmod go-w {folder.Path}", PrivateFolder.Fault(folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void Fault_ReadableByGroup_IsNone()
    {
        File.SetUnixFileMode(folder.Path, Private | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);

        Assert.Null(PrivateFolder.Fault(folder.Path));
    }

    [Fact]
    public void Fault_OwnedByAnotherUser_NamesBothUsers()
    {
        if (PrivateFolder.CurrentUser != 0)
            Assert.Skip("only root can give a folder away");
        Chown(folder.Path, "4711");

        string? fault = PrivateFolder.Fault(folder.Path);

        Assert.Contains("belongs to user 4711", fault, StringComparison.Ordinal);
        Assert.Contains($"chown -R 0 {folder.Path}", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Fault_NotWritableByUs_SaysSo()
    {
        // Root may write everywhere but in a file system that nobody can write.
        string path = PrivateFolder.CurrentUser == 0 ? "/proc/self" : folder.Path;
        if (path == folder.Path)
            File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        Assert.Contains("cannot be written", PrivateFolder.Fault(path), StringComparison.Ordinal);
        File.SetUnixFileMode(folder.Path, Private);
    }

    [Fact]
    public void OwnerOf_OwnFile_IsTheCurrentUser()
    {
        File.WriteAllText(folder["a"], "");

        Assert.Equal(PrivateFolder.CurrentUser, PrivateFolder.OwnerOf(folder["a"]));
        Assert.Throws<IOException>(() => PrivateFolder.OwnerOf(folder["none"]));
    }

    public void Dispose() => folder.Dispose();

    private static void Chown(string path, string owner)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("chown", [owner, path]))!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
