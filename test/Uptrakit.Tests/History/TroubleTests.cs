using Uptrakit.Quorum.History;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.History;

public sealed class TroubleTests
{
    [Fact]
    public void File_ThatIsNoDatabase_IsPutAsideWithOneLine()
    {
        using HistoryScene scene = new();
        string id = scene.Check("web");
        scene.Flip(id, CheckState.Down, "refused");
        scene.Pass(TimeSpan.FromMinutes(1));
        scene.History.Dispose();
        File.WriteAllText(scene.Options.Path, new string('x', 20_000));
        foreach (string side in (string[])["-wal", "-shm"])
            File.Delete(scene.Options.Path + side);

        scene.Crash();
        scene.Record(id);
        scene.Pass(TimeSpan.FromMinutes(1));

        Assert.Single(scene.Kept());
        Assert.Single(scene.Lines, static line => line.StartsWith("1701 ", StringComparison.Ordinal));
        // What is down now is known from the state.
        Assert.Equal("refused", Assert.Single(scene.Reader.Outages(id, HistoryScene.Begin, scene.Clock.GetUtcNow())).Detail);
        Assert.Equal(1, scene.Reader.Summary(id, HistoryScene.Begin, scene.Clock.GetUtcNow()).Count);
    }

    [Fact]
    public void File_DamagedUnderneath_IsPutAsideOnceAReaderMeetsIt()
    {
        using HistoryScene scene = new();
        string[] ids = [.. Enumerable.Range(0, 300).Select(i => scene.Check($"c{i}"))];
        for (int minute = 0; minute < 20; minute++)
        {
            foreach (string id in ids)
                scene.Record(id);
            scene.Pass(TimeSpan.FromMinutes(1));
        }

        scene.History.Dispose();
        using (FileStream file = File.OpenWrite(scene.Options.Path))
        {
            // All pages but the first: the file opens, and is broken.
            file.Position = 4096;
            file.Write(Enumerable.Repeat((byte)0xA5, (int)file.Length - 4096).ToArray());
        }

        scene.Crash();
        foreach (string id in ids.Take(10))
            scene.Reader.Summary(id, HistoryScene.Begin, scene.Clock.GetUtcNow());
        scene.Pass(TimeSpan.FromMinutes(2));
        scene.Record(ids[0]);
        scene.Pass(TimeSpan.FromMinutes(1));

        Assert.Single(scene.Kept());
        Assert.Equal(1, scene.Reader.Summary(ids[0], HistoryScene.Begin, scene.Clock.GetUtcNow()).Count);
    }

    [Fact]
    public void File_OfANewerVersion_IsKeptAsItIs()
    {
        using HistoryScene scene = new();
        scene.History.Dispose();
        using (Microsoft.Data.Sqlite.SqliteConnection open = new($"Data Source={scene.Options.Path};Pooling=False"))
        {
            open.Open();
            open.Do("PRAGMA user_version = 99");
        }

        scene.Crash();

        Assert.Single(scene.Kept());
        Assert.Contains(scene.Lines, static line => line.Contains("newer version", StringComparison.Ordinal));
    }

    [Fact]
    public void Disk_ThatTakesNothing_PausesWithOneLine_AndNothingIsLostOfTheFlips()
    {
        using HistoryScene scene = new();
        string id = scene.Check("web");
        scene.Flip(id, CheckState.Up);
        scene.Pass(TimeSpan.FromMinutes(1));
        scene.History.Dispose();
        string moved = scene.Options.Path + ".moved";
        File.Move(scene.Options.Path, moved);
        Directory.CreateDirectory(scene.Options.Path);
        scene.Crash();

        scene.Flip(id, CheckState.Down);
        for (int i = 0; i < 10; i++)
        {
            scene.Record(id);
            scene.Pass(TimeSpan.FromMinutes(1));
        }

        Assert.Single(scene.Lines, static line => line.StartsWith("1702 ", StringComparison.Ordinal));
        Directory.Delete(scene.Options.Path);
        File.Move(moved, scene.Options.Path);
        scene.Pass(TimeSpan.FromMinutes(2));

        Assert.Single(scene.Lines, static line => line.StartsWith("1703 ", StringComparison.Ordinal));
        Assert.Single(scene.Reader.Outages(id, HistoryScene.Begin, scene.Clock.GetUtcNow()));
        // The minutes that waited are bounded.
        Assert.InRange(scene.Reader.Summary(id, HistoryScene.Begin, scene.Clock.GetUtcNow()).Count, 3, 6);
    }

    [Fact]
    public void File_AtItsLimit_DropsTheOldestMinutesAndGoesOn()
    {
        const long Limit = 400 * 1024;
        using HistoryScene scene = new(static options => options with { MaxBytes = Limit });
        string[] ids = [.. Enumerable.Range(0, 640).Select(i => scene.Check($"c{i}"))];
        for (int minute = 0; minute < 300; minute++)
        {
            foreach (string id in ids)
                scene.Record(id);
            scene.Pass(TimeSpan.FromMinutes(1));
        }

        Assert.InRange(new FileInfo(scene.Options.Path).Length, Limit / 4, Limit * 5 / 4);
        Assert.Contains(scene.Lines, static line => line.StartsWith("1704 ", StringComparison.Ordinal));
        Assert.NotEmpty(scene.Reader.Curve(ids[0], scene.Clock.GetUtcNow().AddMinutes(-10), scene.Clock.GetUtcNow()).Points);
    }

    [Fact]
    public void File_IsForItsOwnerOnly()
    {
        using HistoryScene scene = new();
        string id = scene.Check("web");
        scene.Record(id);
        scene.Pass(TimeSpan.FromMinutes(1));

        Assert.All(
            Directory.GetFiles(scene.Folder, "history.db*"),
            static file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }
}
