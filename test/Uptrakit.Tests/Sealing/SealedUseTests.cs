using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Alerts;
using Uptrakit.Tests.Checks;

namespace Uptrakit.Tests.Sealing;

/// <summary>Sealed secrets where they are used, and in files that people edit.</summary>
public sealed class SealedUseTests : IDisposable
{
    private readonly SealedCluster cluster = new();

    public void Dispose() => cluster.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Probe_OpensASealedSecretOnce_AndAgainWhenItFailed()
    {
        await using RawServer server = RawServer.Saying(200);
        CountingOpener opener = new(cluster.Founder.Ring) { IsClosed = true };
        using TestWorld world = new(secrets: new NodeSecrets(opener: opener));
        Check check = cluster.AddCheck(bearer: "of-the-check").Clone();
        check.Target = server.Url;

        ProbeOutcome closed = await world.Http.ProbeAsync(check, Cancel);
        opener.IsClosed = false;
        await world.Http.ProbeAsync(check, Cancel);
        int opened = opener.Count;
        await world.Http.ProbeAsync(check, Cancel);

        Assert.Equal("it is closed", closed.Detail);
        Assert.Equal(["Bearer of-the-check", "Bearer of-the-check"], server.Requests.Select(static r => r.Header("Authorization")));
        Assert.Equal((2, 2), (opened, opener.Count));
    }

    [Fact]
    public async Task Probe_OfAnEditedCheck_UsesTheNewSecret()
    {
        await using RawServer server = RawServer.Saying(200);
        using TestWorld world = new(secrets: new NodeSecrets(opener: cluster.Founder.Ring));
        Check check = cluster.AddCheck(bearer: "before").Clone();
        check.Target = server.Url;
        await world.Http.ProbeAsync(check, Cancel);

        check.Http.Bearer = new Secret { Text = "after" };
        cluster.Propose(new Command { PutCheck = new PutCheck { Check = check } });
        await world.Http.ProbeAsync(cluster.State.Checks.Values.Single(), Cancel);

        Assert.Equal(["Bearer before", "Bearer after"], server.Requests.Select(static r => r.Header("Authorization")));
    }

    [Fact]
    public async Task Alert_WhoseSecretNobodyCanOpen_SaysSoAndIsTriedAgain()
    {
        Alert alert = cluster.AddAlert();
        SealedMember stranger = cluster.Join();
        NodeSecrets secrets = new(opener: stranger.Ring);
        using TestWorld world = new();
        ServiceKit kit = TestAlerts.Kit(world, TimeProvider.System, (place, secret, _) => ValueTask.FromResult<(byte[]?, string?)>(
            secrets.TryRead(place, secret, out string text, out string fault) ? (System.Text.Encoding.UTF8.GetBytes(text), null) : (null, fault)));

        SendResult.Failed failed = Assert.IsType<SendResult.Failed>(await new WebhookSender(kit).SendAsync(alert, TestAlerts.Message(), Cancel));

        Assert.Contains("this node has not been given", failed.Reason, StringComparison.Ordinal);
        Assert.True(failed.Retry);
    }

    [Fact]
    public void File_ReadBackAsItWasWritten_IsNoChange()
    {
        cluster.AddAlert();
        cluster.AddCheck();
        Check headers = TestChecksWithHeader();
        cluster.Propose(new Command { PutCheck = new PutCheck { Check = headers } });

        ApplyEdit change = Diff(static text => text);

        Assert.Equal(0, change.PutAlerts.Count + change.PutChecks.Count + change.RemoveAlerts.Count + change.RemoveChecks.Count);
    }

    [Fact]
    public void File_WithAnotherName_KeepsTheSealedSecret_AndOneInClearIsSealed()
    {
        Alert alert = cluster.AddAlert();
        ApplyEdit renamed = Diff(static text => text.Replace("name: ops", "name: operations", StringComparison.Ordinal));
        Assert.Equal(alert.Secrets, Assert.Single(renamed.PutAlerts).Alert.Secrets);
        Assert.Equal(OutcomeStatus.Done, cluster.Propose(new Command { ApplyEdit = renamed }).Status);
        Assert.Equal("hunter2hunter2", cluster.Open(cluster.Founder, alert));

        string shown = Secrets.Shown(alert.Secrets["secret"]);
        ApplyEdit clear = Diff(text => text.Replace(shown, "set by hand", StringComparison.Ordinal));
        Assert.Equal(OutcomeStatus.Done, cluster.Propose(new Command { ApplyEdit = clear }).Status);
        Assert.Equal("set by hand", cluster.Open(cluster.Founder, alert));
        Assert.DoesNotContain("set by hand", ClusterYaml.Render(View()), StringComparison.Ordinal);
    }

    [Fact]
    public void File_WithASealedSecretCopiedToANewAlert_IsRefusedAsAWhole()
    {
        Alert alert = cluster.AddAlert();
        string mine = $"alerts:\n  - name: copy\n    type: webhook\n    url: {Secrets.Shown(alert.Secrets["url"])}\n";

        Outcome outcome = cluster.Propose(new Command { ApplyEdit = Diff(text => text.Replace("alerts:\n", mine, StringComparison.Ordinal)) });

        Assert.Equal(RefusalReason.Invalid, outcome.Reason);
        Assert.Contains("write the secret itself", outcome.Message, StringComparison.Ordinal);
    }

    private static Check TestChecksWithHeader()
    {
        Check check = Uptrakit.Tests.State.TestMachine.Check("headers");
        check.Http = new HttpOptions { Headers = { new HttpHeader { Name = "X-Key", Value = new Secret { Text = "of the header" } } } };
        return check;
    }

    private ClusterView View()
    {
        ClusterState state = cluster.State;
        return new(
            state.ClusterId, state.Version, state.UpdatedMs, state.UpdatedBy, [.. state.Resolvers], [.. state.Peers.Values], [.. state.Checks.Values],
            [.. state.Alerts.Values], [.. state.Enrollments.Values]);
    }

    private ApplyEdit Diff(Func<string, string> edit)
    {
        string text = ClusterYaml.Render(View()), mine = edit(text);
        Assert.True(ClusterYaml.TryParse(mine, out ClusterEdit? read, out IReadOnlyList<YamlFault> faults), string.Join("; ", faults));
        Assert.True(ClusterYaml.TryDiff(View(), read!, out ApplyEdit? change, out faults), string.Join("; ", faults));
        change!.BaseVersion = cluster.State.Version;
        return change;
    }

    private sealed class CountingOpener(ISealedSecrets inner) : ISealedSecrets
    {
        public bool IsClosed { get; set; }

        public int Count { get; private set; }

        public bool TryOpen(SecretPlace place, ReadOnlySpan<byte> bytes, out string text, out string fault)
        {
            Count++;
            if (!IsClosed)
                return inner.TryOpen(place, bytes, out text, out fault);
            (text, fault) = ("", "it is closed");
            return false;
        }
    }
}
