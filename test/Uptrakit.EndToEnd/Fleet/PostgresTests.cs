using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Tests.Shared.Fleet;

namespace Uptrakit.EndToEnd.Fleet;

/// <summary>A Controller whose data is in PostgreSQL.</summary>
public sealed class PostgresTests : FleetTest
{
    [Fact]
    public async Task Controller_OnPostgres_EnrollsServesAndKeepsAllThroughAKill()
    {
        Assert.SkipWhen(PostgresProcess.Programs is null, "PostgreSQL is not installed");
        await using PostgresProcess postgres = await PostgresProcess.StartAsync(Cancel);
        string file = await DatabaseFileAsync(postgres);
        ControllerProcess hub = NewController();
        await SharedController.StartAsync(hub, Cancel, "--database-file", file);
        string root = await hub.FingerprintAsync(Cancel);
        Assert.DoesNotContain(hub.Log, line => line.Contains(postgres.Password, StringComparison.Ordinal));

        ServiceProcess agent = NewService();
        agent.Launch(await hub.TokenAsync(Cancel), "--enrollment-token-file", "-");
        await agent.ConnectedAsync(Cancel);
        await hub.Kill9Async(Cancel);
        await SharedController.StartAsync(hub, Cancel, "--database-file", file);
        await agent.ConnectedAsync(Cancel, times: 2);

        Assert.Equal(root, await hub.FingerprintAsync(Cancel));
        Assert.Equal(IdOf(agent), Assert.Single(await hub.ServicesAsync(Cancel)).GetProperty("id").GetString());
        Assert.False(File.Exists(Path.Combine(hub.Folder, "controller.db")));
    }

    [Fact]
    public async Task Token_OfOneUse_AtTwoServicesAtOnce_LetsExactlyOneIn()
    {
        Assert.SkipWhen(PostgresProcess.Programs is null, "PostgreSQL is not installed");
        await using PostgresProcess postgres = await PostgresProcess.StartAsync(Cancel);
        string file = await DatabaseFileAsync(postgres);
        ControllerProcess hub = NewController();
        await SharedController.StartAsync(hub, Cancel, "--database-file", file);
        string token = await hub.TokenAsync(Cancel);
        ServiceProcess[] agents = [NewService(), NewService()];
        foreach (ServiceProcess agent in agents)
            agent.Launch(token, "--enrollment-token-file", "-");

        await Until.TrueAsync("one of the two is refused", () => agents.Any(static a => !a.Runs), TimeSpan.FromMinutes(3), Cancel);

        ServiceProcess loser = agents.Single(static a => !a.Runs);
        Assert.Equal(3, await loser.WaitForExitAsync(Cancel));
        await agents.Single(agent => agent != loser).ConnectedAsync(Cancel);
        Assert.Single(await hub.ServicesAsync(Cancel));
    }

    private async Task<string> DatabaseFileAsync(PostgresProcess postgres)
    {
        string file = Scratch["database"];
        await File.WriteAllTextAsync(file, postgres.Connection, Cancel);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }
}
