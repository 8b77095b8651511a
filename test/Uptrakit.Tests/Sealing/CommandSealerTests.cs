using Google.Protobuf;
using Uptrakit.Quorum.Alerts.Schema;
using Uptrakit.Quorum.Sealing;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Configuration;
using Uptrakit.Tests.State;

namespace Uptrakit.Tests.Sealing;

public sealed class CommandSealerTests : IDisposable
{
    private const string Secret = "correct horse battery";
    private readonly SealedCluster cluster = new();

    public void Dispose() => cluster.Dispose();

    private bool LogHolds(string text) => cluster.Log.Any(c => c.ToByteString().ToStringUtf8().Contains(text, StringComparison.Ordinal));

    [Fact]
    public void NewAlert_IsSealedForTheIdItGets()
    {
        Alert alert = cluster.AddAlert(secret: Secret);

        Assert.Equal(("", ""), (alert.Url, alert.Secret));
        Assert.Equal(Secret, cluster.Open(cluster.Founder, alert));
        Assert.Equal("https://hooks.example.org/x", cluster.Open(cluster.Founder, alert, "url"));
        Assert.False(LogHolds(Secret));
        Assert.False(LogHolds("hooks.example.org"));
    }

    [Fact]
    public void NewCheck_WithEveryKindOfSecret_IsSealed()
    {
        Check check = TestMachine.Check("web");
        check.Http = new HttpOptions
        {
            User = "u",
            Password = new Secret { Text = Secret + 1 },
            ClientCertificate = new Secret { Text = Secret + 2 },
            Headers =
            {
                new HttpHeader { Name = "X-Key", Value = new Secret { Text = Secret + 3 } },
                new HttpHeader { Name = "X-Key", Value = new Secret { Text = Secret + 4 } },
                new HttpHeader { Name = "X-Ref", Value = new Secret { Text = "env:QUPTIME_SECRET_X" } },
            },
        };
        Outcome outcome = cluster.Propose(new Command { PutCheck = new PutCheck { Check = check } });

        Assert.Equal(OutcomeStatus.Done, outcome.Status);
        Assert.True(cluster.State.Checks.TryGet(outcome.Id, out Check? added));
        SecretSlot[] slots = [.. SecretSlots.Of(added)];
        string[] texts = [.. slots.Where(static s => s.IsSealed).Select(s =>
            cluster.Founder.Ring.TryOpen(new SecretPlace(outcome.Id, s.Field), s.Secret.Sealed.Span, out string text, out string fault) ? text : fault)];
        Assert.Equal([Secret + 1, Secret + 2, Secret + 3, Secret + 4], texts);
        Assert.Equal("env:QUPTIME_SECRET_X", slots[^1].Secret.Text);
        Assert.False(LogHolds(Secret));
    }

    [Fact]
    public void Secret_BeforeTheClusterIsKnown_GetsNowhere()
    {
        CommandSealer sealer = new(cluster.Founder.Ring, new StateStore());

        Outcome? refused = sealer.Seal(new Command { PutAlert = new PutAlert { Alert = TestMachine.Alert("ops") } });

        Assert.Equal(RefusalReason.Conflict, refused?.Reason);
        Assert.Null(sealer.Seal(new Command { Acknowledge = new Acknowledge { CheckId = "c-0" } }));
    }

    [Fact]
    public void Backup_ThatIsRestored_IsSealedForThisCluster()
    {
        Alert alert = TestMachine.Alert("ops");
        alert.Id = "a-0123456789ab";
        Check check = TestMachine.Check("web");
        check.Id = "c-0123456789ab";
        check.Http = new HttpOptions { Bearer = new Secret { Text = Secret } };

        Outcome outcome = cluster.Propose(new Command { Restore = new Restore { Begins = true, Alerts = { alert }, Checks = { check } } });

        Assert.True(outcome.Status == OutcomeStatus.Done, outcome.Message);
        Assert.Equal("https://hooks.example.org/x", cluster.Open(cluster.Founder, cluster.State.Alerts.Values.Single(), "url"));
        Assert.Equal(Secret, cluster.Open(cluster.Founder, cluster.State.Checks.Values.Single()));
        Assert.False(LogHolds(Secret));
        Assert.False(LogHolds("hooks.example.org"));
    }

    [Fact]
    public void Unsealed_ForTheOperator_HasTheTextsAndSaysWhatThisMemberCannotOpen()
    {
        Alert alert = cluster.AddAlert(secret: Secret);
        SealedMember probe = cluster.Join(Role.Probe);
        Unsealed ofAVoter = new(cluster.Founder.Ring), ofAProbe = new(probe.Ring);

        Assert.Equal(Secret, SecretSlots.Of(ofAVoter.Of(alert)).Single(static slot => slot.Field == "secret").Secret.Text);
        Assert.Empty(ofAVoter.Closed);
        Assert.All(SecretSlots.Of(ofAProbe.Of(alert)), static slot => Assert.True(slot.IsSealed));
        Assert.Equal([$"alert '{alert.Name}'"], ofAProbe.Closed);
        Assert.All(SecretSlots.Of(alert), static slot => Assert.True(slot.IsSealed));
    }

    /// <summary>A secret that the tables know and the slots do not would stand on every disk in clear.</summary>
    [Fact]
    public void Slots_OfEveryOptionOfEveryType_KnowEverySecretOfTheTables()
    {
        ClusterState all = Everything.Machine().State;

        foreach (Check check in all.Checks.Values)
        {
            int secrets = CheckFields.For(check.Type).Where(static field => field.IsSecret)
                .Sum(field => field.Get(check).Count(value => Secrets.IsClear(field.SecretIn(value))));
            Assert.Equal((check.Name, secrets), (check.Name, SecretSlots.Of(check).Count(static slot => slot.IsClear)));
        }

        foreach (Alert alert in all.Alerts.Values)
        {
            int secrets = AlertSchema.Of(alert.Type)!.Fields.Count(field => field.IsSecret && field.Values(alert).Any(Secrets.IsClear));
            Assert.Equal((alert.Name, secrets), (alert.Name, SecretSlots.Of(alert).Count(static slot => slot.IsClear)));
        }

        Assert.True(all.Checks.Values.Sum(static check => SecretSlots.Of(check).Count(static slot => slot.IsClear)) > 3);
        Assert.True(all.Alerts.Values.Sum(static alert => SecretSlots.Of(alert).Count(static slot => slot.IsClear)) > 12);
    }

    [Fact]
    public void Edit_OfSeveralAtOnce_SealsEachForItsOwnId()
    {
        Check check = TestMachine.Check("web");
        check.Http = new HttpOptions { Bearer = new Secret { Text = Secret } };
        ApplyEdit edit = new() { PutAlerts = { new PutAlert { Alert = TestMachine.Alert("a") }, new PutAlert { Alert = TestMachine.Alert("b") } } };
        edit.PutChecks.Add(new PutCheck { Check = TestMachine.Check("plain") });
        edit.PutChecks.Add(new PutCheck { Check = check });

        Outcome outcome = cluster.Propose(new Command { ApplyEdit = edit });

        Assert.True(outcome.Status == OutcomeStatus.Done, outcome.Message);
        Assert.All(cluster.State.Alerts.Values, alert => Assert.Equal("https://hooks.example.org/x", cluster.Open(cluster.Founder, alert, "url")));
        Assert.Equal(Secret, cluster.Open(cluster.Founder, cluster.State.Checks.Values.Single(c => c.Name == "web")));
        Assert.False(LogHolds(Secret));
    }

    [Fact]
    public void Edit_ThatLeavesASealedSecret_KeepsItAsItIs()
    {
        Alert alert = cluster.AddAlert(secret: Secret).Clone();
        alert.Name = "renamed";

        Assert.Equal(OutcomeStatus.Done, cluster.Propose(new Command { PutAlert = new PutAlert { Alert = alert, ExpectedChangedIn = alert.ChangedIn } }).Status);

        Assert.True(cluster.State.Alerts.TryGet(alert.Id, out Alert? now));
        Assert.Equal(alert.Secrets, now.Secrets);
    }

    [Fact]
    public void Secret_ThatIsNotWellFormed_IsRefusedBeforeItIsSealed()
    {
        Alert alert = TestMachine.Alert("ops");
        alert.Url = "gopher://x";

        Outcome outcome = cluster.Propose(new Command { PutAlert = new PutAlert { Alert = alert } });

        Assert.Equal((OutcomeStatus.Refused, RefusalReason.Invalid), (outcome.Status, outcome.Reason));
        Assert.Contains("url", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Member_WithoutTheKey_DoesNotLetASecretThroughInClear()
    {
        SealedMember late = cluster.Join(tellsKey: false);
        Command put = new() { Id = ByteString.CopyFrom(new byte[16]), PutAlert = new PutAlert { Alert = TestMachine.Alert("ops") } };

        Assert.Equal(RefusalReason.Conflict, late.Sealer.Seal(put)?.Reason);
    }

    [Fact]
    public void Secret_ByReference_NeedsNoKey()
    {
        SealedMember late = cluster.Join(tellsKey: false);
        Alert alert = TestMachine.Alert("ops");
        (alert.Url, alert.Secrets["url"]) = ("", new Secret { Text = "file:/etc/quptime/secrets/url" });
        Command put = new() { Id = ByteString.CopyFrom(new byte[16]), PutAlert = new PutAlert { Alert = alert } };

        Assert.Null(late.Sealer.Seal(put));
        Assert.Equal(alert, put.PutAlert.Alert);
    }

    [Fact]
    public void Cluster_ThatHasNoKeysYet_TakesSecretsAsBefore()
    {
        using SealedCluster old = new(sealsFromTheStart: false);

        Assert.Equal("hunter2hunter2", old.AddAlert().Secret);
    }
}
