using System.Text.Json;
using Uptrakit.Qu.Commands;
using Uptrakit.Qu.Daemon;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Commands;

public sealed class EnrollCommandTests
{
    private static readonly string JoinersFingerprint = TrustView.FingerprintOf(FakeDaemon.Key("joiner"));

    private static async Task<FakeDaemon> DaemonWithClaimAsync()
    {
        FakeDaemon daemon = await FakeDaemon.StartAsync();
        long now = QuRun.Now.ToUnixTimeMilliseconds();
        daemon.State.Enrollments.Add(new PendingEnrollment
        {
            Id = "e-1", Name = "bravo", Role = Role.Voter, CreatedMs = now, ExpiresMs = now + 3_600_000,
            Claim = new EnrollmentClaim
            {
                NodeId = "bbbb-2", Advertise = "b:9901", Key = FakeDaemon.Key("joiner"), ClaimedMs = now,
            },
        });
        daemon.State.Enrollments.Add(new PendingEnrollment
        {
            Id = "e-2", Name = "charlie", Role = Role.Probe, AutoApprove = true, ExpiresMs = now + 1,
        });
        daemon.State.Enrollments.Add(new PendingEnrollment { Id = "e-3", ExpiresMs = now });
        return daemon;
    }

    [Fact]
    public async Task EnrollCreate_ForPeople_PrintsOneLineOfData()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.Enrollment = new CreateEnrollmentReply
        {
            Outcome = new Outcome { Status = OutcomeStatus.Done }, Id = "e-1", Token = "qut1_abc",
            ExpiresMs = QuRun.Now.AddMinutes(15).ToUnixTimeMilliseconds(),
        };

        QuRun run = await QuRun.Of(daemon, "enroll", "create", "--name", "bravo", "--ttl", "15m", "--role", "probe");

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Equal("qu enroll join qut1_abc\n", run.Out);
        Assert.Contains("(in 15m)", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("qut1_abc", run.Error, StringComparison.Ordinal);
        Assert.Equal(new CreateEnrollmentRequest { Name = "bravo", TtlMs = 900_000, Role = "probe" }, daemon.Requests[0]);
    }

    [Fact]
    public async Task EnrollCreate_AsJson_HasTokenAndCommand()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.Enrollment = new CreateEnrollmentReply
        {
            Outcome = new Outcome { Status = OutcomeStatus.Done }, Id = "e-1", Token = "qut1_abc",
            ExpiresMs = QuRun.Now.ToUnixTimeMilliseconds(),
        };

        JsonElement json = (await QuRun.Of(daemon, "enroll", "create", "--auto-approve", "--json")).Json;

        Assert.Equal("e-1", json.GetProperty("id").GetString());
        Assert.Equal("qut1_abc", json.GetProperty("token").GetString());
        Assert.Equal("2026-03-01T12:00:00.000Z", json.GetProperty("expires_at").GetString());
        Assert.Equal("qu enroll join qut1_abc", json.GetProperty("command").GetString());
        Assert.Equal(new CreateEnrollmentRequest { TtlMs = 3_600_000, Role = "voter", AutoApprove = true }, daemon.Requests[0]);
    }

    [Fact]
    public async Task EnrollCreate_NoQuorum_PrintsNoToken()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.Enrollment = new CreateEnrollmentReply { NoQuorum = true, Token = "qut1_abc" };

        QuRun run = await QuRun.Of(daemon, "enroll", "create");

        Assert.Equal(ExitCode.Unreachable, run.Exit);
        Assert.Empty(run.Out);
    }

    [Fact]
    public async Task EnrollList_AsJson_TellsStateAndClaim()
    {
        await using FakeDaemon daemon = await DaemonWithClaimAsync();

        JsonElement json = (await QuRun.Of(daemon, "enroll", "list", "--json")).Json;

        Assert.Equal(["claimed", "open", "expired"], json.EnumerateArray().Select(one => one.GetProperty("state").GetString()));
        Assert.Equal(JoinersFingerprint, json[0].GetProperty("claim").GetProperty("fingerprint").GetString());
        Assert.Equal(JsonValueKind.Null, json[1].GetProperty("claim").ValueKind);
        Assert.True(json[1].GetProperty("auto_approve").GetBoolean());
    }

    [Fact]
    public async Task EnrollApprove_SaidYes_CommitsTheKeyThatWasShown()
    {
        await using FakeDaemon daemon = await DaemonWithClaimAsync();

        QuRun run = await QuRun.Of(daemon.Socket, "y\n", ["enroll", "approve", "bravo"], interactive: true);

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Contains(JoinersFingerprint, run.Error, StringComparison.Ordinal);
        Assert.Contains("bbbb-2", run.Error, StringComparison.Ordinal);
        Assert.Equal("e-1", daemon.OnlyChange.ApproveEnrollment.Id);
        Assert.Equal(FakeDaemon.Key("joiner").SpkiSha256, daemon.OnlyChange.ApproveEnrollment.SpkiSha256);
    }

    [Theory]
    [InlineData("n\n")]
    [InlineData("")]
    [InlineData("\n")]
    public async Task EnrollApprove_NotSaidYes_ChangesNothing(string typed)
    {
        await using FakeDaemon daemon = await DaemonWithClaimAsync();

        QuRun run = await QuRun.Of(daemon.Socket, typed, ["enroll", "approve", "bravo"], interactive: true);

        Assert.Equal(ExitCode.Failed, run.Exit);
        Assert.Empty(daemon.Changes);
    }

    [Fact]
    public async Task EnrollApprove_NobodyToAsk_IsWrongUsage()
    {
        await using FakeDaemon daemon = await DaemonWithClaimAsync();

        QuRun run = await QuRun.Of(daemon.Socket, "y\n", ["enroll", "approve", "bravo"]);

        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains("pass -y", run.Error, StringComparison.Ordinal);
        Assert.Empty(daemon.Changes);
    }

    [Fact]
    public async Task EnrollApprove_WithYes_ApprovesTheListedKey()
    {
        await using FakeDaemon daemon = await DaemonWithClaimAsync();

        QuRun run = await QuRun.Of(daemon, "enroll", "approve", "e-1", "-y");

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Equal(FakeDaemon.Key("joiner").SpkiSha256, daemon.OnlyChange.ApproveEnrollment.SpkiSha256);
    }

    [Fact]
    public async Task EnrollApprove_FingerprintGiven_MustBeTheClaimants()
    {
        await using FakeDaemon daemon = await DaemonWithClaimAsync();
        string other = TrustView.FingerprintOf(FakeDaemon.Key("other"));

        QuRun refused = await QuRun.Of(daemon, "enroll", "approve", "bravo", "-y", "--fingerprint", other);
        Assert.Equal(ExitCode.TrustRefused, refused.Exit);
        Assert.DoesNotContain(JoinersFingerprint, refused.Error, StringComparison.Ordinal);
        Assert.Empty(daemon.Changes);

        QuRun run = await QuRun.Of(daemon, "enroll", "approve", "bravo", "--fingerprint", JoinersFingerprint.ToUpperInvariant());
        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Single(daemon.Changes);
    }

    [Theory]
    [InlineData("charlie", "nobody has claimed 'charlie' yet")]
    [InlineData("nobody", "no enrollment 'nobody'")]
    public async Task EnrollApprove_NothingToApprove_Fails(string name, string words)
    {
        await using FakeDaemon daemon = await DaemonWithClaimAsync();

        QuRun run = await QuRun.Of(daemon, "enroll", "approve", name, "-y");

        Assert.Equal(ExitCode.Failed, run.Exit);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EnrollRevoke_ByName_IsSent()
    {
        await using FakeDaemon daemon = await DaemonWithClaimAsync();

        await QuRun.Of(daemon, "enroll", "revoke", "bravo");

        Assert.Equal("bravo", daemon.OnlyChange.RevokeEnrollment.Id);
    }
}
