using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Tests.Shared.Fleet;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.EndToEnd.Fleet;

/// <summary>What a start makes of what an earlier run, a backup or a thief has left in the state folder.</summary>
public sealed class StateTests(SharedController shared) : SharedFleetTest(shared)
{
    private const int Rounds = 10;

    [Fact]
    public async Task Truncated_IsRefusedAndNothingIsEnrolledAnew()
    {
        ServiceProcess agent = await StoppedAsync();
        string whole = await File.ReadAllTextAsync(agent.StateFile, Cancel);
        foreach (int length in (int[])[0, 1, whole.Length / 2, whole.Length - 3])
        {
            await File.WriteAllTextAsync(agent.StateFile, whole[..length], Cancel);
            await IsRefusedAsync(agent, "is damaged");
        }
    }

    [Theory]
    [InlineData("service.json")]
    [InlineData("service.key")]
    public async Task ReadableByOthers_IsRefused(string name)
    {
        ServiceProcess agent = await StoppedAsync();
        File.SetUnixFileMode(Path.Combine(agent.Folder, name), (UnixFileMode)Convert.ToInt32("644", 8));
        await IsRefusedAsync(agent, "is open to other users (mode 0644)");
    }

    [Fact]
    public async Task Key_Missing_IsRefused()
    {
        ServiceProcess agent = await StoppedAsync();
        File.Delete(agent.KeyFile);
        await IsRefusedAsync(agent, "service.key is missing");
    }

    [Fact]
    public async Task Key_OfAnother_IsRefused()
    {
        ServiceProcess agent = await StoppedAsync();
        ServiceProcess other = await StoppedAsync();
        File.Copy(other.KeyFile, agent.KeyFile, overwrite: true);
        await IsRefusedAsync(agent, "does not fit the certificate");
    }

    [Fact]
    public async Task OfAnotherController_IsRefusedWithATokenOfThisOne()
    {
        ServiceProcess agent = await StoppedAsync();
        string foreign = ServiceToken.Mint(Guid.NewGuid(), Forged.Now.AddHours(1), [new TokenAddress("localhost", Controller.Port)], null).Reveal();
        string before = await File.ReadAllTextAsync(agent.StateFile, Cancel);

        Ran refused = (await agent.RunAsync(null, Cancel, "--enrollment-token", foreign)).Expect(3);

        Assert.Contains("belongs to Controller", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(agent.StateFile, Cancel));
    }

    [Fact]
    public async Task OfAnotherController_CopiedToThisOne_IsRefused()
    {
        ControllerProcess other = NewController();
        await SharedController.StartAsync(other, Cancel);
        ServiceProcess agent = await StoppedAsync();
        await IsRefusedAsync(agent, "is not trusted", "--url", other.Url);
    }

    [Fact]
    public async Task ForceEnroll_WithADamagedState_EnrollsAnew()
    {
        ServiceProcess agent = await StoppedAsync();
        string former = IdOf(agent);
        await File.WriteAllTextAsync(agent.StateFile, "{", Cancel);

        agent.Launch(await TokenAsync(), [.. Joining, $"--tofu-fingerprint={Root}", "--force-enroll"]);
        await agent.ConnectedAsync(Cancel);

        Assert.NotEqual(former, IdOf(agent));
    }

    [Fact]
    public async Task ForceEnroll_ThatIsRefused_LeavesTheFormerIdentityInForce()
    {
        ServiceProcess agent = await StoppedAsync();
        string before = await File.ReadAllTextAsync(agent.StateFile, Cancel);
        string used = await TokenAsync(capability: "mqtt");

        (await agent.RunAsync(used, Cancel, [.. Joining, $"--tofu-fingerprint={Root}", "--force-enroll"])).Expect(3);

        Assert.Equal(before, await File.ReadAllTextAsync(agent.StateFile, Cancel));
        agent.Launch(null);
        await agent.ConnectedAsync(Cancel);
    }

    /// <summary>Killed when a file appears, that is at each step of persistence; the token has one use and must not be lost.</summary>
    [Fact]
    public async Task Killed_WhileEnrolling_EndsEnrolledWithTheSameToken()
    {
        int before = (await Controller.ServicesAsync(Cancel)).Count;
        for (int round = 0; round < Rounds; round++)
        {
            ServiceProcess agent = NewService();
            string token = await TokenAsync();
            agent.Launch(token, [.. Joining, $"--tofu-fingerprint={Root}"]);
            await ReachedAsync(agent, round % 5);
            await agent.Kill9Async(Cancel);

            agent.Launch(token, [.. Joining, $"--tofu-fingerprint={Root}"]);
            await agent.ConnectedAsync(Cancel);
            await agent.StopAsync(Cancel);
            Assert.Equal(["service.json", "service.key"], Directory.EnumerateFiles(agent.Folder)
                .Select(static f => Path.GetFileName(f)).Where(static f => f.StartsWith("service", StringComparison.Ordinal)).Order());
        }

        Assert.Equal(before + Rounds, (await Controller.ServicesAsync(Cancel)).Count);
    }

    private static Task ReachedAsync(ServiceProcess agent, int step) => Until.TrueAsync($"step {step} of enrolling is reached", () => step switch
    {
        0 => Directory.Exists(agent.Folder),
        1 => File.Exists(agent.StateFile),
        2 => File.Exists(agent.KeyFile + ".next"),
        3 => File.Exists(agent.KeyFile),
        _ => agent.Said("Enrolled at") > 0,
    } || !agent.Runs, TimeSpan.FromSeconds(60), Cancel);

    private async Task<ServiceProcess> StoppedAsync()
    {
        ServiceProcess agent = await ConnectedAsync();
        Assert.Equal(0, await agent.StopAsync(Cancel));
        return agent;
    }

    private async Task IsRefusedAsync(ServiceProcess agent, string words, params string[] options)
    {
        string[] known = [.. (await Controller.ServicesAsync(Cancel)).Select(static s => s.GetProperty("id").GetString()!)];
        string before = await File.ReadAllTextAsync(agent.StateFile, Cancel);

        Ran refused = (await agent.RunAsync(await TokenAsync(), Cancel, ["--enrollment-token-file", "-", .. options])).Expect(3);

        Assert.Contains(words, refused.Errors, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(agent.StateFile, Cancel));
        Assert.Equal(known, (await Controller.ServicesAsync(Cancel)).Select(static s => s.GetProperty("id").GetString()!));
    }
}
