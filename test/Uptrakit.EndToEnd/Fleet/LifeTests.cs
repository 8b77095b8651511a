using System.Text.Json;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Tests.Shared.Fleet;

namespace Uptrakit.EndToEnd.Fleet;

/// <summary>A connected Service through what happens in its life.</summary>
public sealed class LifeTests(SharedController shared) : SharedFleetTest(shared)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Controller_StoppedOrKilled_FindsItsServicesAgain(bool killed)
    {
        ServiceProcess agent = await ConnectedAsync();
        string before = await File.ReadAllTextAsync(agent.StateFile, Cancel);
        if (killed)
            await Controller.Kill9Async(Cancel);
        else
            Assert.Equal(0, await Controller.StopAsync(Cancel));

        await SharedController.StartAsync(Controller, Cancel);
        await agent.ConnectedAsync(Cancel, times: 2);

        Assert.Equal(before, await File.ReadAllTextAsync(agent.StateFile, Cancel));
        Assert.Equal(0, agent.Said("is not trusted"));
    }

    [Fact]
    public async Task Service_StartedBeforeTheController_WaitsForIt()
    {
        ServiceProcess agent = await ConnectedAsync();
        await agent.StopAsync(Cancel);
        await Controller.StopAsync(Cancel);

        agent.Launch(null);
        await agent.SaysAsync("next try in", Cancel);
        await SharedController.StartAsync(Controller, Cancel);
        await agent.ConnectedAsync(Cancel);
    }

    [Fact]
    public async Task Revoked_WhileConnected_EndsWithTrustRefusedAndStaysOut()
    {
        ServiceProcess agent = await ConnectedAsync();
        string id = IdOf(agent);

        (await Controller.AdminAsync(Cancel, "services", "revoke", id)).Expect(0);

        Assert.Equal(3, await agent.WaitForExitAsync(Cancel));
        // One connection in its life: it was ended by the revocation, not found out by a later try.
        Assert.Equal(1, agent.Said("Connected to Controller"));
        Assert.Equal(1, agent.Said("does not admit this Service"));
        JsonElement shown = await Controller.ServiceAsync(id, Cancel);
        Assert.Equal(("revoked", false), (shown.GetProperty("state").GetString(), shown.GetProperty("connected").GetBoolean()));
        (await agent.RunAsync(null, Cancel)).Expect(3);
    }

    [Fact]
    public async Task Revoked_Neighbour_DoesNotDisturbTheOthers()
    {
        ServiceProcess stays = await ConnectedAsync();
        ServiceProcess goes = await ConnectedAsync();

        (await Controller.AdminAsync(Cancel, "services", "revoke", IdOf(goes))).Expect(0);
        Assert.Equal(3, await goes.WaitForExitAsync(Cancel));

        Assert.True((await Controller.ServiceAsync(IdOf(stays), Cancel)).GetProperty("connected").GetBoolean());
        Assert.Equal(0, stays.Said("The connection to"));
    }

    [Fact]
    public async Task Terminated_EndsWithDoneAndIsSeenAsGone()
    {
        ServiceProcess agent = await ConnectedAsync();
        Assert.Equal(0, await agent.StopAsync(Cancel));
        Assert.Equal(1, agent.Said("Stopped"));
        await Until.TrueAsync("the Controller sees it as gone", async token =>
            !(await Controller.ServiceAsync(IdOf(agent), token)).GetProperty("connected").GetBoolean(), TimeSpan.FromSeconds(30), Cancel);
    }

    [Fact]
    public async Task Connected_TellsItsHostAndItsTrust()
    {
        ServiceProcess agent = await ConnectedAsync();
        JsonElement shown = await Until.SeenAsync("what it told is known", cancel => Controller.ServiceAsync(IdOf(agent), cancel),
            static one => one.GetProperty("facts").ValueKind == JsonValueKind.Object && one.GetProperty("trust").ValueKind == JsonValueKind.Object, TimeSpan.FromMinutes(1), Cancel);
        Assert.Equal(Environment.MachineName, shown.GetProperty("facts").GetProperty("hostname").GetString());
        JsonElement trust = shown.GetProperty("trust");
        Assert.Equal(("pin-fingerprint", Root), (trust.GetProperty("mode").GetString(), Assert.Single(trust.GetProperty("anchors").EnumerateArray()).GetString()));
    }

    [Fact]
    public async Task StateFolder_InUse_IsNotSharedWithASecondProcess()
    {
        ServiceProcess agent = await ConnectedAsync();
        ServiceProcess second = new(Path.GetDirectoryName(agent.Folder)!);
        await using (second)
        {
            Ran refused = (await second.RunAsync(null, Cancel)).Expect(1);
            Assert.Contains("another uptrakit-agent works on", refused.Errors, StringComparison.Ordinal);
        }

        Assert.True(agent.Runs);
    }
}
