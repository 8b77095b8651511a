using System.Text.Json;
using System.Text.RegularExpressions;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Tests.Shared.Fleet;

namespace Uptrakit.EndToEnd.Fleet;

/// <summary>How Services get in, and how they do not.</summary>
public sealed partial class EnrollmentTests(SharedController shared) : SharedFleetTest(shared)
{
    [Fact]
    public async Task Token_OfOneUse_AtTwoServicesAtOnce_LetsExactlyOneIn()
    {
        string token = await TokenAsync();
        ServiceProcess[] agents = [NewService(), NewService()];
        foreach (ServiceProcess agent in agents)
            agent.Launch(token, [.. Joining, $"--tofu-fingerprint={Root}"]);

        ServiceProcess loser = await Until.SeenAsync("one of the two is refused", _ => Task.FromResult(agents.FirstOrDefault(static a => !a.Runs)),
            static agent => agent is not null, TimeSpan.FromSeconds(60), Cancel) ?? throw new InvalidOperationException();
        Assert.Equal(3, await loser.WaitForExitAsync(Cancel));
        Assert.Equal(1, loser.Said("the token was used up by others"));
        Assert.False(loser.State().TryGetProperty("service", out _));
        await agents.Single(agent => agent != loser).ConnectedAsync(Cancel);
    }

    [Fact]
    public async Task Token_WithTwoUses_LetsTwoIn()
    {
        string token = await TokenAsync(uses: 2);
        foreach (int code in (int[])[0, 0, 3])
        {
            ServiceProcess agent = NewService();
            agent.Launch(token, [.. Joining, $"--tofu-fingerprint={Root}"]);
            if (code == 0)
                await agent.ConnectedAsync(Cancel);
            else
                Assert.Equal(code, await agent.WaitForExitAsync(Cancel));
        }
    }

    [Fact]
    public async Task Token_Cut_IsWrongUsage()
    {
        string token = await TokenAsync();
        Ran ran = (await NewService().RunAsync(token[..^2], Cancel, [.. Joining, $"--tofu-fingerprint={Root}"])).Expect(2);
        Assert.DoesNotContain(token[10..40], ran.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_ForOtherCapabilities_IsRefusedAndNotUsedUp()
    {
        string token = await TokenAsync();
        ServiceProcess mqtt = NewService("uptrakit-mqtt");
        Ran refused = (await mqtt.RunAsync(token, Cancel, [.. Joining, $"--tofu-fingerprint={Root}"])).Expect(3);
        Assert.Contains("other capabilities", refused.Errors, StringComparison.Ordinal);

        ServiceProcess agent = NewService();
        agent.Launch(token, [.. Joining, $"--tofu-fingerprint={Root}"]);
        await agent.ConnectedAsync(Cancel);
    }

    [Fact]
    public async Task Mqtt_WithATokenThatNamesIt_IsLetIn()
    {
        ServiceProcess mqtt = await ConnectedAsync("uptrakit-mqtt", capability: "mqtt");
        JsonElement shown = await Controller.ServiceAsync(IdOf(mqtt), Cancel);
        Assert.Equal("mqtt", shown.GetProperty("kind").GetString());
    }

    [Fact]
    public async Task WithoutAToken_IsPendingUntilTheShownFingerprintIsApproved()
    {
        ServiceProcess agent = Asking("waits-approved");
        string shown = await ShownAsync(agent);
        JsonElement pending = await PendingAsync("waits-approved");
        string id = pending.GetProperty("id").GetString()!;
        Assert.Equal(("pending", shown), (pending.GetProperty("state").GetString(), pending.GetProperty("key_fingerprint").GetString()));
        Assert.False(agent.State().TryGetProperty("service", out _));

        (await Controller.AdminAsync(Cancel, "services", "approve", id, "--fingerprint", new string('0', 64))).Expect(3);
        Assert.Equal("pending", (await Controller.ServiceAsync(id, Cancel)).GetProperty("state").GetString());

        (await Controller.AdminAsync(Cancel, "services", "approve", id, "--fingerprint", shown)).Expect(0);
        await agent.ConnectedAsync(Cancel);
        Assert.Equal(id, IdOf(agent));
    }

    [Fact]
    public async Task WithoutAToken_Rejected_EndsTheProcess()
    {
        ServiceProcess agent = Asking("waits-rejected");
        await ShownAsync(agent);
        string id = (await PendingAsync("waits-rejected")).GetProperty("id").GetString()!;

        (await Controller.AdminAsync(Cancel, "services", "reject", id)).Expect(0);

        Assert.Equal(3, await agent.WaitForExitAsync(Cancel));
        Assert.False(agent.State().TryGetProperty("service", out _));
    }

    [Fact]
    public async Task WithoutAToken_StoppedWhileWaiting_AsksAgainWithTheSameKey()
    {
        ServiceProcess agent = Asking("waits-restarted");
        string shown = await ShownAsync(agent);
        await agent.Kill9Async(Cancel);

        Launch(agent, "waits-restarted");
        Assert.Equal(shown, await ShownAsync(agent));
    }

    [GeneratedRegex("Waiting for approval: .*: ([0-9a-f]{64})$")]
    private static partial Regex Waiting();

    private ServiceProcess Asking(string name)
    {
        ServiceProcess agent = NewService();
        Launch(agent, name);
        return agent;
    }

    private void Launch(ServiceProcess agent, string name) =>
        agent.Launch(null, "--url", Controller.Url, $"--tofu-fingerprint={Root}", "--friendly-name", name);

    private static async Task<string> ShownAsync(ServiceProcess agent)
    {
        await agent.SaysAsync("Waiting for approval", Cancel);
        return agent.Log.Select(static line => Waiting().Match(line)).First(static match => match.Success).Groups[1].Value;
    }

    private async Task<JsonElement> PendingAsync(string name) =>
        (await Controller.ServicesAsync(Cancel)).Single(service => service.GetProperty("friendly_name").GetString() == name);
}
