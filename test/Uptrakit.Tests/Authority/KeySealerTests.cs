using System.Security.Cryptography;
using Uptrakit.Controller.Authority;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Trust;

namespace Uptrakit.Tests.Authority;

public sealed class KeySealerTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    [Fact]
    public void Unseal_WhatWasSealed_IsTheSecret()
    {
        using KeySealer sealer = Open();
        byte[] hidden = sealer.Seal("secret"u8, "a");

        Assert.True(sealer.TryUnseal(hidden, "a", out byte[]? secret));

        Assert.Equal("secret"u8.ToArray(), secret);
        Assert.NotEqual(hidden, sealer.Seal("secret"u8, "a"));
        using KeySealer later = Open();
        Assert.True(later.TryUnseal(hidden, "a", out _));
    }

    [Fact]
    public void Unseal_AnotherContextOrKeyOrOneBitChanged_IsRefused()
    {
        using KeySealer sealer = Open();
        byte[] hidden = sealer.Seal("secret"u8, "a");

        Assert.False(sealer.TryUnseal(hidden, "b", out _));
        for (int at = 0; at < hidden.Length; at++)
        {
            byte[] changed = [.. hidden];
            changed[at] ^= 1;
            Assert.False(sealer.TryUnseal(changed, "a", out _));
            Assert.False(sealer.TryUnseal(hidden.AsSpan(0, at), "a", out _));
        }

        File.Delete(folder[KeySealer.FileName]);
        using KeySealer other = Open();
        Assert.False(other.TryUnseal(hidden, "a", out _));
    }

    [Fact]
    public void Open_New_IsOwnerOnly()
    {
        using KeySealer sealer = Open();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder[KeySealer.FileName]));
        Assert.Equal(32, new FileInfo(folder[KeySealer.FileName]).Length);
    }

    [Fact]
    public void Open_MissingAndSomethingIsSealed_IsRefusedAndMakesNone()
    {
        Assert.False(KeySealer.TryOpen(folder.Path, mayCreate: false, out _, out string? fault));

        Assert.Contains("backup", fault, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Open_OthersMayReadOrWrongLength_IsRefused()
    {
        Open().Dispose();
        File.SetUnixFileMode(folder[KeySealer.FileName], UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.False(KeySealer.TryOpen(folder.Path, mayCreate: true, out _, out string? fault));
        Assert.Contains("chmod 600", fault, StringComparison.Ordinal);

        File.SetUnixFileMode(folder[KeySealer.FileName], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllBytes(folder[KeySealer.FileName], new byte[31]);
        Assert.False(KeySealer.TryOpen(folder.Path, mayCreate: true, out _, out fault));
        Assert.Contains("32 bytes", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FolderIsMissing_SaysSo()
    {
        Assert.False(KeySealer.TryOpen(folder["none"], mayCreate: true, out _, out string? fault));
        Assert.Contains("cannot be written", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Snapshot_KeyMovedToAnotherCasRow_DoesNotOpen()
    {
        await using TestController controller = await TestController.StartAsync();
        CaSet set = controller.Now.Set;
        CaRecord[] swapped = [set.ActiveRoot!, set.ActiveIssuing! with { SealedKey = set.ActiveRoot!.SealedKey }];

        Assert.True(CaSnapshot.TryOpen(set, controller.Sealer, out _, out _));
        Assert.False(CaSnapshot.TryOpen(new CaSet(1, swapped), controller.Sealer, out _, out string? fault));
        Assert.Contains(KeySealer.FileName, fault, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private KeySealer Open()
    {
        Assert.True(KeySealer.TryOpen(folder.Path, mayCreate: true, out KeySealer? sealer, out string? fault), fault);
        return sealer;
    }
}
