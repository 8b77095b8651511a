using System.Diagnostics;
using Uptrakit.Qu.Daemon;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Trust;
using Uptrakit.Trust.Files;

namespace Uptrakit.Tests.Daemon;

public sealed class DataFolderTests
{
    [Fact]
    public void Take_MissingFolder_MakesItForItsOwnerAlone()
    {
        using ScratchFolder scratch = new();
        DataFolder folder = new(scratch["a"]);

        Assert.Null(folder.Take(out IDisposable? hold, out int swept));

        using (hold)
        {
            Assert.Equal(0, swept);
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(folder.Root) & (UnixFileMode.GroupWrite | (UnixFileMode)7));
            Assert.False(folder.IsNode);
        }
    }

    [Fact]
    public void Take_HeldByAnother_IsRefusedUntilItEnds()
    {
        using ScratchFolder scratch = new();
        DataFolder folder = new(scratch.Path);
        Assert.Null(folder.Take(out IDisposable? first, out _));
        string unfinished = scratch[".x.0123456789abcdef.tmp"];
        File.WriteAllText(unfinished, "");

        string? refused = folder.Take(out IDisposable? second, out _);

        Assert.Contains("another qu works on", refused, StringComparison.Ordinal);
        Assert.Null(second);
        Assert.True(File.Exists(unfinished));
        first!.Dispose();
        Assert.Null(folder.Take(out second, out int swept));
        Assert.Equal(1, swept);
        second!.Dispose();
    }

    [Fact]
    public void Take_FileOfThatName_IsRefusedAndKept()
    {
        using ScratchFolder scratch = new();
        File.WriteAllText(scratch["a"], "mine");

        Assert.Contains("is a file, not a folder", new DataFolder(scratch["a"]).Take(out _, out _), StringComparison.Ordinal);

        Assert.Equal("mine", File.ReadAllText(scratch["a"]));
    }

    [Fact]
    public void Take_WritableByOthers_IsRefused()
    {
        using ScratchFolder scratch = new();
        File.SetUnixFileMode(scratch.Path, (UnixFileMode)0x1FF);

        Assert.Contains("chmod go-w", new DataFolder(scratch.Path).Take(out _, out _), StringComparison.Ordinal);

        Assert.Empty(Directory.GetFiles(scratch.Path));
    }

    [Fact]
    public async Task Take_RootInTheFolderOfAUser_SaysToRunAsThatUser()
    {
        Assert.SkipUnless(PrivateFolder.CurrentUser == 0, "only root can be in somebody else's folder");
        using ScratchFolder scratch = new();
        using Process chown = Process.Start("chown", ["65534", scratch.Path]);
        await chown.WaitForExitAsync(TestContext.Current.CancellationToken);

        string? refused = new DataFolder(scratch.Path).Take(out _, out _);

        Assert.Contains("sudo -u ", refused, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(scratch.Path));
    }
}
