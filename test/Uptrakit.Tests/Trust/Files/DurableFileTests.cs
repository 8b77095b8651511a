using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using Uptrakit.Tests.Shared;
using Uptrakit.Trust.Files;

namespace Uptrakit.Tests.Trust.Files;

[SupportedOSPlatform("linux")]
public sealed class DurableFileTests : IDisposable
{
    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly ScratchFolder folder = new();

    [Fact]
    public void Write_New_HasContentAndModeAndNothingBesideIt()
    {
        DurableFile.Write(folder["a"], "one"u8, Secret);

        Assert.Equal("one", File.ReadAllText(folder["a"]));
        Assert.Equal(Secret, File.GetUnixFileMode(folder["a"]));
        Assert.Equal([folder["a"]], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Write_OverAFileThatOthersCanRead_TakesTheirRightAway()
    {
        File.WriteAllText(folder["a"], "old and long");
        File.SetUnixFileMode(folder["a"], Secret | UnixFileMode.OtherRead);

        DurableFile.Write(folder["a"], "new"u8, Secret);

        Assert.Equal("new", File.ReadAllText(folder["a"]));
        Assert.Equal(Secret, File.GetUnixFileMode(folder["a"]));
    }

    [Fact]
    public void Write_WhileSomebodyReads_ShowsHimTheOldFileWhole()
    {
        DurableFile.Write(folder["a"], "old"u8, Secret);
        using StreamReader reader = new(folder["a"]);

        DurableFile.Write(folder["a"], "new"u8, Secret);

        Assert.Equal("old", reader.ReadToEnd());
    }

    [Fact]
    public void Write_OverASymbolicLink_ReplacesTheLinkAndNotItsTarget()
    {
        File.WriteAllText(folder["target"], "target");
        File.CreateSymbolicLink(folder["a"], folder["target"]);

        DurableFile.Write(folder["a"], "new"u8, Secret);

        Assert.Equal("target", File.ReadAllText(folder["target"]));
        Assert.Null(File.ResolveLinkTarget(folder["a"], returnFinalTarget: false));
    }

    [Fact]
    public void Write_RenameFails_LeavesTheOldOneAndNoLeftover()
    {
        Directory.CreateDirectory(folder["a/inside"]);

        Assert.ThrowsAny<Exception>(() => DurableFile.Write(folder["a"], "new"u8, Secret));

        Assert.True(Directory.Exists(folder["a/inside"]));
        Assert.Equal([folder["a"]], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Write_FolderMissing_IsAnIoError() =>
        Assert.ThrowsAny<IOException>(() => DurableFile.Write(folder["none/a"], "new"u8, Secret));

    [Fact]
    public void Write_DiskFull_LeavesTheOldFileWholeAndNoLeftover()
    {
        Directory.CreateDirectory(folder["disk"]);
        if (Run("mount", "-t", "tmpfs", "-o", "size=64k,mode=0700", "tmpfs", folder["disk"]) != 0)
            Assert.Skip("a small tmpfs cannot be mounted here (needs root)");
        try
        {
            byte[] old = Encoding.ASCII.GetBytes(new string('o', 30_000));
            DurableFile.Write(folder["disk/a"], old, Secret);

            Assert.ThrowsAny<IOException>(() => DurableFile.Write(folder["disk/a"], new byte[60_000], Secret));

            Assert.Equal(old, File.ReadAllBytes(folder["disk/a"]));
            Assert.Equal([folder["disk/a"]], Directory.GetFileSystemEntries(folder["disk"]));
        }
        finally
        {
            Run("umount", folder["disk"]);
        }
    }

    [Fact]
    public void SweepLeftovers_OfACrash_RemovesThemAndNothingElse()
    {
        string[] stay =
        [
            "a", ".hidden", "a.tmp", ".a.tmp", ".a.0123456789abcdeX.tmp", ".a.0123456789ABCDEF.tmp",
            ".0123456789abcdef.tmp", "a.0123456789abcdef.tmp",
        ];
        string[] go = [".a.0123456789abcdef.tmp", ".node.yaml.00000000ffffffff.tmp"];
        foreach (string name in stay.Concat(go))
            File.WriteAllText(folder[name], "");
        Directory.CreateDirectory(folder[".b.0123456789abcdef.tmp"]);

        Assert.Equal(2, DurableFile.SweepLeftovers(folder.Path));

        Assert.Equal(stay.ToHashSet(), Directory.GetFiles(folder.Path).Select(p => Path.GetFileName(p)!).ToHashSet());
        Assert.Equal(0, DurableFile.SweepLeftovers(folder.Path));
        Assert.Equal(0, DurableFile.SweepLeftovers(folder["none"]));
    }

    [Fact]
    public void Delete_ThereOrNot_IsGone()
    {
        DurableFile.Write(folder["a"], "x"u8, Secret);

        DurableFile.Delete(folder["a"]);
        DurableFile.Delete(folder["a"]);
        DurableFile.Delete(folder["none/a"]);

        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void FsyncFolder_Missing_IsAnIoError()
    {
        DurableFile.FsyncFolder(folder.Path);

        Assert.Throws<IOException>(() => DurableFile.FsyncFolder(folder["none"]));
    }

    public void Dispose() => folder.Dispose();

    private static int Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
