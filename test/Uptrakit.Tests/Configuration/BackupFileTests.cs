using Uptrakit.Quorum.Configuration;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Configuration;

public sealed class BackupFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("backup-").FullName;

    private string File1 => Path.Combine(folder, "qu.backup");

    [Fact]
    public void Backup_WrittenAndRead_IsTheSameAndForItsOwnerOnly()
    {
        Backup backup = Sample();

        Assert.Null(BackupFile.Write(File1, backup));

        Assert.True(BackupFile.TryRead(File1, out Backup? read, out string fault), fault);
        Assert.Equal(backup, read);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(File1));
    }

    [Fact]
    public void Backup_ChangedInAnyByte_IsRefused()
    {
        BackupFile.Write(File1, Sample());
        byte[] good = File.ReadAllBytes(File1);
        for (int i = 0; i < good.Length; i++)
        {
            byte[] bad = [.. good];
            bad[i] ^= 0x20;
            File.WriteAllBytes(File1, bad);

            Assert.False(BackupFile.TryRead(File1, out _, out string fault), $"byte {i}");
            Assert.NotEmpty(fault);
        }
    }

    [Fact]
    public void Backup_CutOffOrLengthened_IsRefused()
    {
        BackupFile.Write(File1, Sample());
        byte[] good = File.ReadAllBytes(File1);
        for (int length = 0; length < good.Length; length++)
        {
            File.WriteAllBytes(File1, good[..length]);
            Assert.False(BackupFile.TryRead(File1, out _, out _), $"{length} bytes");
        }

        File.WriteAllBytes(File1, [.. good, 0]);
        Assert.False(BackupFile.TryRead(File1, out _, out string fault));
        Assert.Contains("damaged", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNoBackup_IsToldApart()
    {
        Assert.False(BackupFile.TryRead(Path.Combine(folder, "none"), out _, out string missing));
        Assert.NotEmpty(missing);
        Assert.False(BackupFile.TryRead(folder, out _, out string isFolder));
        Assert.NotEmpty(isFolder);
        File.WriteAllText(File1, "checks: []\n");
        Assert.False(BackupFile.TryRead(File1, out _, out string text));
        Assert.Equal("is not a backup of qu", text);
        using (FileStream large = File.Create(File1))
            large.SetLength(BackupFile.MaxBytes + 1L);
        Assert.False(BackupFile.TryRead(File1, out _, out string tooLarge));
        Assert.Contains("larger", tooLarge, StringComparison.Ordinal);
    }

    [Fact]
    public void FileThatIsSomethingElse_IsNotOverwritten()
    {
        File.WriteAllText(File1, "precious");

        Assert.Contains("is no backup", BackupFile.Write(File1, Sample()), StringComparison.Ordinal);

        Assert.Equal("precious", File.ReadAllText(File1));
        File.Delete(File1);
        BackupFile.Write(File1, Sample());
        Assert.Null(BackupFile.Write(File1, Sample()));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static Backup Sample() => new()
    {
        ClusterId = "3f8fad5b-d9cb-469f-a165-70867728950e", Version = 3, TakenMs = 5, Checks = { new Check { Id = "c-000000000001", Name = "web" } },
    };
}
