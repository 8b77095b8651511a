using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Uptrakit.Qu.Daemon;
using Uptrakit.Quorum.Sealing;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Tests.Sealing;

/// <summary>Who can open what when members come, go, and change keys.</summary>
public sealed class SealingChoresTests : IDisposable
{
    private readonly SealedCluster cluster = new();

    public void Dispose() => cluster.Dispose();

    [Fact]
    public void Joiner_OpensWhatWasSealedBefore_AProbeOnlyWhatItProbes()
    {
        Alert alert = cluster.AddAlert(secret: "of the alert");
        Check check = cluster.AddCheck(bearer: "of-the-check");
        SealedMember voter = cluster.Join(), probe = cluster.Join(Role.Probe);
        Assert.Null(cluster.Open(voter, alert));

        cluster.Settle();

        Assert.Equal(("of the alert", "of-the-check"), (cluster.Open(voter, alert), cluster.Open(voter, check)));
        Assert.Equal((null, "of-the-check"), (cluster.Open(probe, alert), cluster.Open(probe, check)));
        // Nothing was sealed anew for that: files that show it stay as they are.
        Assert.Equal(alert, cluster.State.Alerts.Values.Single());
    }

    [Fact]
    public void Joiner_ThatHasNotToldItsKey_IsNotWaitedFor()
    {
        SealedMember silent = cluster.Join(tellsKey: false);
        cluster.Settle();

        Alert alert = cluster.AddAlert(secret: "of the alert");

        Assert.Equal("of the alert", cluster.Open(cluster.Founder, alert));
        Assert.Null(cluster.Open(silent, alert));
        cluster.TellKey(silent);
        cluster.Settle();
        Assert.Equal("of the alert", cluster.Open(silent, alert));
    }

    [Fact]
    public void Removed_CannotOpenWhatIsSealedAfterwards_NorAnythingAnew()
    {
        SealedMember leaver = cluster.Join();
        Alert alert = cluster.AddAlert(secret: "of the alert");
        cluster.Settle();
        byte[] before = [.. cluster.State.Alerts.Values.Single().Secrets["secret"].Sealed.Span];

        cluster.Remove(leaver);
        cluster.Settle();

        Assert.NotEqual(before, cluster.State.Alerts.Values.Single().Secrets["secret"].Sealed.ToByteArray());
        Assert.Equal("of the alert", cluster.Open(cluster.Founder, alert));
        Assert.Null(cluster.Open(leaver, alert));
        Assert.Null(cluster.Open(leaver, cluster.AddAlert("new")));
        Assert.Equal(2, cluster.State.SealingKeys.Length);
        Assert.All(cluster.State.SealingKeys, key => Assert.DoesNotContain(key.Wraps, wrap => wrap.NodeId == leaver.Id));
    }

    [Fact]
    public void Leader_ThatIsNew_OpensAll()
    {
        SealedMember other = cluster.Join();
        Alert alert = cluster.AddAlert(secret: "of the alert");
        cluster.Settle();
        cluster.Leader = other;
        cluster.Remove(cluster.Founder);
        cluster.Settle();

        Assert.Equal("of the alert", cluster.Open(other, alert));
    }

    [Fact]
    public void Leader_WithoutTheKey_IsGivenItByAVoterThatHasIt()
    {
        Alert alert = cluster.AddAlert(secret: "of the alert");
        SealedMember fresh = cluster.Join();
        cluster.Leader = fresh;

        cluster.Settle();

        Assert.Equal("of the alert", cluster.Open(fresh, alert));
    }

    [Fact]
    public void State_WithSecretsInClear_IsSealedOnceAllHaveToldTheirKeys()
    {
        using SealedCluster old = new(sealsFromTheStart: false);
        SealedMember second = old.Join(tellsKey: false);
        Alert alert = old.AddAlert(secret: "of the alert");
        Check check = old.AddCheck(bearer: "of-the-check");
        old.TellKey(old.Founder);
        old.Settle();
        Assert.Equal("of the alert", old.State.Alerts.Values.Single().Secret);
        // Which the operator is told, with the one whose software it is.
        Assert.Contains(second.NodeId.ToString(), SealingChores.HeldBackBy(old.State), StringComparison.Ordinal);
        Assert.DoesNotContain(old.Founder.NodeId.ToString(), SealingChores.HeldBackBy(old.State), StringComparison.Ordinal);

        old.TellKey(second);
        old.Settle();
        Assert.Null(SealingChores.HeldBackBy(old.State));

        Assert.DoesNotContain("of the alert", old.State.ToSnapshot().ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("of-the-check", old.State.ToSnapshot().ToString(), StringComparison.Ordinal);
        Assert.Equal(("of the alert", "of-the-check"), (old.Open(second, alert), old.Open(second, check)));
        Assert.Equal("https://hooks.example.org/x", old.Open(second, alert, "url"));
        Assert.True(old.State.ClearUntil > 0);
        long version = old.State.Version;
        old.Settle();
        Assert.Equal(version, old.State.Version);
    }

    [Fact]
    public void Secret_ThatComesInClearThroughAMemberOfAnOlderVersion_IsSealedLate()
    {
        Alert alert = Uptrakit.Tests.State.TestMachine.Alert("ops");
        alert.Secret = "of the alert";
        cluster.Must(new Command { PutAlert = new PutAlert { Alert = alert } });

        cluster.Settle();

        Assert.Equal("of the alert", cluster.Open(cluster.Founder, cluster.State.Alerts.Values.Single()));
    }

    [Fact]
    public async Task Rotation_OfAMembersKey_LocksItOutAtNoMoment_AndTheFormerKeyAfterwards()
    {
        SealedMember other = cluster.Join();
        Alert alert = cluster.AddAlert(secret: "of the alert");
        cluster.Settle();
        using SealKeys former = SealKeys.Open(Copy(other.Folder));
        Alert last = cluster.State.Alerts.Values.Single();

        await new SealKeyRotation(other.Ring, cluster.Store, (c, _) => Task.FromResult(new ProposalResult(cluster.Run(c, other.Id), true)), NullLogger.Instance)
            .RotateAsync(other.Id, TestContext.Current.CancellationToken);

        SealedMember restarted = cluster.Restart(other);
        Assert.Equal("of the alert", cluster.Open(restarted, alert));
        Assert.NotEqual(former.Current.PublicKey, restarted.Keys.Current.PublicKey);
        cluster.Settle();
        Assert.NotEqual(last, cluster.State.Alerts.Values.Single());
        Assert.Equal("of the alert", cluster.Open(cluster.Founder, alert));
        Assert.All(cluster.State.SealingKeys, key => Assert.DoesNotContain(key.Wraps, wrap => wrap.ForKey == former.Current.Id));
    }

    [Fact]
    public async Task Rotation_ThatNobodyConfirms_KeepsBothKeys()
    {
        Alert alert = cluster.AddAlert(secret: "of the alert");
        await new SealKeyRotation(cluster.Founder.Ring, cluster.Store, static (_, _) => Task.FromResult(new ProposalResult(null, true)), NullLogger.Instance)
            .RotateAsync(cluster.Founder.Id, TestContext.Current.CancellationToken);

        SealedMember restarted = cluster.Restart(cluster.Founder);

        Assert.NotNull(restarted.Keys.Next);
        Assert.Equal("of the alert", cluster.Open(restarted, alert));
    }

    [Fact]
    public void Member_ThatLostItsKeyFile_IsGivenAllAgain()
    {
        SealedMember other = cluster.Join();
        Alert alert = cluster.AddAlert(secret: "of the alert");
        cluster.Settle();
        File.Delete(Path.Combine(other.Folder, "seal.pem"));
        SealedMember without = cluster.Restart(other);
        Assert.Null(cluster.Open(without, alert));

        cluster.TellKey(without);
        cluster.Settle();

        Assert.Equal("of the alert", cluster.Open(without, alert));
    }

    [Fact]
    public void AllKeysLost_IsToldWhereTheSecretIsUsed_AndNewSecretsWork()
    {
        Alert alert = cluster.AddAlert(secret: "of the alert");
        File.Delete(Path.Combine(cluster.Founder.Folder, "seal.pem"));
        SealedMember without = cluster.Restart(cluster.Founder);
        cluster.TellKey(without);
        cluster.Settle();

        Assert.False(without.Ring.TryOpen(new SecretPlace(alert.Id, "secret"), alert.Secrets["secret"].Sealed.Span, out string text, out string fault));
        Assert.Equal("", text);
        Assert.Contains("set the secret again", fault, StringComparison.Ordinal);
        Assert.Equal("another", cluster.Open(without, cluster.AddAlert("new", "another")));
        // Whoever finds the key file again has lost nothing.
        Assert.NotNull(cluster.State.SealingKeyOf(SealedSecret.KeyId(alert.Secrets["secret"].Sealed.Span)));
    }

    [Fact]
    public void Leader_ThatNobodyGivesTheKey_MakesANewOneAfterAWhile()
    {
        SealedMember fresh = cluster.Join();
        cluster.Leader = fresh;
        Assert.Null(fresh.Chores.Next());
        Assert.Equal(RefusalReason.Conflict, cluster.Propose(new Command { PutAlert = new PutAlert { Alert = Uptrakit.Tests.State.TestMachine.Alert("ops") } }, fresh).Reason);

        cluster.Clock.Advance(TimeSpan.FromSeconds(11));
        cluster.Must(new Command { TendSealing = fresh.Chores.Next() }, fresh.Id);

        Assert.Equal("another", cluster.Open(fresh, cluster.AddAlert("new", "another")));
    }

    [Fact]
    public void Chores_OfManySecrets_GoInBoundedCommands()
    {
        using SealedCluster old = new(sealsFromTheStart: false);
        for (int i = 0; i < 450; i++)
            old.AddCheck($"c{i}");
        old.TellKey(old.Founder);
        old.Settle();

        Assert.All(old.Log, static command => Assert.True(command.CalculateSize() < LeaderDesk.MaxCommand / 2));
        Assert.Equal(3, old.Log.Count(static command => command.TendSealing?.Reseal.Count > 0));
        Assert.All(old.State.Checks.Values, check => Assert.NotNull(old.Open(old.Founder, check)));
    }

    private static string Copy(string folder)
    {
        string copy = folder + "-copy";
        Directory.CreateDirectory(copy);
        File.Copy(Path.Combine(folder, "seal.pem"), Path.Combine(copy, "seal.pem"));
        return copy;
    }
}
