using Npgsql;
using Uptrakit.Controller.Storage;

namespace Uptrakit.Tests.Hub.Storage;

public sealed class DatabaseTargetTests
{
    [Theory]
    [InlineData("controller.db", "/state/controller.db")]
    [InlineData("/var/db/x.db", "/var/db/x.db")]
    [InlineData("sqlite:x.db", "/state/x.db")]
    public void Path_IsSqlite(string text, string path)
    {
        Assert.True(DatabaseTarget.TryParse(text, "/state", out DatabaseTarget? target, out _));
        Assert.False(target.IsPostgres);
        Assert.Equal(path, target.Shown);
    }

    [Theory]
    [InlineData("postgres://me:s%40cret@db.example.org/hub?sslmode=verify-full")]
    [InlineData("postgresql://me:s%40cret@db.example.org:5432/hub?sslmode=verify-full")]
    [InlineData("Host=db.example.org;Port=5432;Database=hub;Username=me;Password=s@cret;SSL Mode=VerifyFull")]
    public void Postgres_IsReadAndItsPasswordIsNeverShown(string text)
    {
        Assert.True(DatabaseTarget.TryParse(text, "/state", out DatabaseTarget? target, out _));
        NpgsqlConnectionStringBuilder read = new(target.Connection);

        Assert.True(target.IsPostgres);
        Assert.Equal(("db.example.org", 5432, "hub", "me", "s@cret", SslMode.VerifyFull),
            (read.Host, read.Port, read.Database, read.Username, read.Password, read.SslMode));
        Assert.Equal("postgres://db.example.org:5432/hub", target.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("postgres://")]
    [InlineData("postgres://db")]
    [InlineData("postgres://me:secret@db/hub?nonsense=1")]
    [InlineData("Host=db;Nonsense=secret")]
    public void Nonsense_IsRefusedWithoutQuotingIt(string text)
    {
        Assert.False(DatabaseTarget.TryParse(text, "/state", out _, out string? fault));
        Assert.DoesNotContain("secret", fault, StringComparison.Ordinal);
    }
}
