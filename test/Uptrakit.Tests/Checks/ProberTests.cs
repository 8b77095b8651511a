using Google.Protobuf.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Checks;

public sealed class ProberTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly FakeProbe probe;

    public ProberTests() => probe = new FakeProbe(clock);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Checks_OverAnInterval_AreSpreadAndEachIsProbedOnce()
    {
        await using Prober prober = New();
        prober.Update(Many(3000));
        int atOnce = probe.Starts.Count;
        for (int i = 0; i < 300; i++)
            clock.Advance(TimeSpan.FromMilliseconds(100));

        (Check Check, TimeSpan At)[] byPlan = [.. probe.Starts.Skip(atOnce)];
        Assert.InRange(atOnce, 1, 32);
        Assert.Equal(3000, byPlan.Length);
        Assert.Equal(3000, byPlan.Select(s => s.Check.Id).Distinct().Count());
        Assert.All(byPlan.GroupBy(s => (int)(s.At.TotalSeconds - 0.001)), second => Assert.InRange(second.Count(), 1, 200));
    }

    [Fact]
    public async Task ProbesThatAreDueCloseTogether_StartTogether_AndNoneIsLate()
    {
        TimeSpan interval = TimeSpan.FromSeconds(30), step = TimeSpan.FromMilliseconds(10), latest = TimeSpan.FromMilliseconds(500) + step;
        await using Prober prober = New();
        prober.Update(Many(1000));
        int atOnce = probe.Starts.Count;
        for (TimeSpan at = TimeSpan.Zero; at < interval; at += step)
            clock.Advance(step);

        (Check Check, TimeSpan At)[] byPlan = [.. probe.Starts.Skip(atOnce)];
        // Twice a second and not for each of a thousand.
        Assert.InRange(byPlan.Select(static start => start.At).Distinct().Count(), 50, 60);
        Assert.All(byPlan, start => Assert.InRange(ProbeSchedule.DueAfter(start.At - latest, start.Check.Id, "node-a", interval), start.At - latest, start.At));
    }

    [Theory]
    [InlineData(0, 30, 500)]
    [InlineData(1, 30, 500)]
    [InlineData(1, 3600, 500)]
    [InlineData(1, 10, 250)]
    [InlineData(1, 1, 100)]
    [InlineData(50, 30, 400)]
    [InlineData(50, 10, 250)]
    [InlineData(333, 30, 100)]
    [InlineData(6000, 30, 100)]
    public void Tick_IsShortWhereManyAreDueOrOften(double probesPerSecond, int shortest, int milliseconds) =>
        Assert.Equal(milliseconds, Prober.TickFor(probesPerSecond, TimeSpan.FromSeconds(shortest)).TotalMilliseconds);

    [Fact]
    public void Phase_OnAnotherNode_IsAnotherOne()
    {
        TimeSpan interval = TimeSpan.FromSeconds(30);
        int close = Many(1000).Count(c =>
            (ProbeSchedule.DueAfter(TimeSpan.Zero, c.Id, "node-a", interval)
                - ProbeSchedule.DueAfter(TimeSpan.Zero, c.Id, "node-b", interval)).Duration() < TimeSpan.FromSeconds(1));

        Assert.InRange(close, 0, 150);
    }

    [Fact]
    public void DueAfter_AnyMoment_IsWithinOneIntervalAndKeepsThePhase() => CsCheck.Check.Sample(
        CsCheck.Gen.Select(CsCheck.Gen.Long[0, 1L << 50], CsCheck.Gen.Long[10_000_000, 1L << 40]),
        (now, interval) =>
        {
            TimeSpan due = ProbeSchedule.DueAfter(new TimeSpan(now), "c-1", "n", new TimeSpan(interval));
            TimeSpan next = ProbeSchedule.DueAfter(due, "c-1", "n", new TimeSpan(interval));
            return due.Ticks > now && due.Ticks <= now + interval && next - due == new TimeSpan(interval);
        });

    [Fact]
    public async Task Check_StillRunningWhenDue_IsNotProbedTwice()
    {
        probe.Hold();
        await using Prober prober = New();
        prober.Update(Many(1, timeoutMs: 300_000));
        clock.Advance(TimeSpan.FromSeconds(60));
        clock.Advance(TimeSpan.FromSeconds(60));
        prober.ProbeNow(1, ["c-0"]);

        Assert.Single(probe.Starts);
        probe.Release();
        Assert.Equal(1, (await prober.Results.ReadAsync(Cancel)).Round);
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(2, probe.Starts.Count);
        Assert.Equal(1, probe.MostOfOneAtOnce);
    }

    [Fact]
    public async Task Concurrency_WithManyDue_IsBoundedAndAllGetTheirTurn()
    {
        probe.Hold();
        await using Prober prober = New(concurrency: 10);
        prober.Update(Many(100, timeoutMs: 300_000));
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(10, probe.Starts.Count);

        for (int turn = 0; turn < 20; turn++)
            probe.Release();

        await Poll.UntilAsync(() =>
        {
            probe.Release();
            return probe.Starts.Select(s => s.Check.Id).Distinct().Count() == 100;
        });
        Assert.Equal(10, probe.MostAtOnce);
    }

    [Fact]
    public async Task Update_WithAChangedCheck_ProbesItAtOnceAndDropsTheOldAnswer()
    {
        probe.Hold();
        await using Prober prober = New();
        prober.Update(Many(1));
        Check changed = Many(1)[0].Clone();
        changed.Target = "http://changed.test/";
        prober.Update([changed]);
        await Poll.UntilAsync(() =>
        {
            probe.Release();
            return prober.Results.TryPeek(out _);
        });

        ProbeResult result = await prober.Results.ReadAsync(Cancel);
        Assert.Equal("http://changed.test/", result.Check.Target);
        Assert.False(prober.Results.TryRead(out _));
        Assert.Equal(1, probe.MostOfOneAtOnce);
    }

    [Fact]
    public async Task Update_ThatChangesOnlyTheName_KeepsTheRunningProbe()
    {
        probe.Hold();
        await using Prober prober = New();
        prober.Update(Many(1));
        Check renamed = Many(1)[0].Clone();
        renamed.Name = "renamed";
        prober.Update([renamed]);
        probe.Release();

        Assert.Equal("renamed", (await prober.Results.ReadAsync(Cancel)).Check.Name);
        Assert.Single(probe.Starts);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Update_WithoutACheck_StopsItAndDropsItsRunningProbe(bool disabled)
    {
        TaskCompletionSource<ProbeOutcome> stubborn = new();
        probe.Behave = (_, _) => new ValueTask<ProbeOutcome>(stubborn.Task);
        await using Prober prober = New();
        prober.Update(Many(1));
        Check off = Many(1)[0].Clone();
        off.Enabled = false;
        prober.Update(disabled ? [off] : []);
        stubborn.SetResult(FakeProbe.Good);
        clock.Advance(TimeSpan.FromMinutes(5));
        clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Single(probe.Starts);
        Assert.False(prober.Results.TryRead(out _));
    }

    [Fact]
    public async Task Update_RemovingAndAddingAgainWhileItRuns_NeverProbesTwiceAtOnce()
    {
        probe.Hold();
        await using Prober prober = New();
        for (int i = 0; i < 20; i++)
        {
            prober.Update(Many(1));
            prober.Update([]);
        }

        prober.Update(Many(1));
        await Poll.UntilAsync(() =>
        {
            probe.Release();
            return prober.Results.TryPeek(out _);
        });
        Assert.Equal(1, probe.MostOfOneAtOnce);
    }

    [Fact]
    public async Task ProbeNow_BesideTheSchedule_CarriesTheRoundOnce()
    {
        await using Prober prober = New();
        prober.Update(Many(2));
        while (prober.Results.TryRead(out _))
        {
        }

        prober.ProbeNow(7, ["c-1", "c-unknown"]);

        ProbeResult result = await prober.Results.ReadAsync(Cancel);
        Assert.Equal(("c-1", 7L), (result.Check.Id, result.Round));
        clock.Advance(TimeSpan.FromSeconds(30));
        for (int i = 0; i < 2; i++)
            Assert.Equal(0, (await prober.Results.ReadAsync(Cancel)).Round);
    }

    [Fact]
    public async Task ProbeNow_WhileAllPlacesAreTaken_GoesBeforeTheSchedule()
    {
        probe.Hold();
        await using Prober prober = New(concurrency: 1);
        prober.Update(Many(100, timeoutMs: 300_000));
        clock.Advance(TimeSpan.FromSeconds(30));
        string last = probe.Starts[0].Check.Id == "c-99" ? "c-98" : "c-99";
        prober.ProbeNow(5, [last]);

        List<ProbeResult> told = [];
        await Poll.UntilAsync(() =>
        {
            probe.Release();
            while (prober.Results.TryRead(out ProbeResult? one))
                told.Add(one);
            return told.Any(r => r.Round == 5);
        });
        Assert.InRange(told.FindIndex(r => r.Round == 5), 0, 33);
    }

    [Fact]
    public async Task Probe_ThatThrows_IsAFailedOutcome()
    {
        probe.Behave = (check, _) => throw (check.Id == "c-0" ? new IOException("cable\r\ncut") : new InvalidOperationException("secret"));
        await using Prober prober = New();
        prober.Update(Many(2));

        Dictionary<string, ProbeOutcome> told = [];
        for (int i = 0; i < 2; i++)
        {
            ProbeResult result = await prober.Results.ReadAsync(Cancel);
            told.Add(result.Check.Id, result.Outcome);
        }

        Assert.Equal((false, "cable cut"), (told["c-0"].Ok, told["c-0"].Detail));
        Assert.Equal((false, "the probe broke (InvalidOperationException)"), (told["c-1"].Ok, told["c-1"].Detail));
    }

    [Fact]
    public async Task Probe_ThatIgnoresItsDeadline_IsAFailedOutcomeAndIsProbedAgain()
    {
        probe.Behave = (_, _) => probe.Starts.Count > 1
            ? ValueTask.FromResult(FakeProbe.Good)
            : new ValueTask<ProbeOutcome>(new TaskCompletionSource<ProbeOutcome>().Task);
        await using Prober prober = New();
        prober.Update(Many(1, timeoutMs: 1000));
        clock.Advance(TimeSpan.FromSeconds(4));

        Assert.False((await prober.Results.ReadAsync(Cancel)).Outcome.Ok);
        await Poll.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            return probe.Starts.Count > 1;
        });
    }

    [Fact]
    public async Task Failure_WithRetries_IsToldWhenTheLastHasFailed()
    {
        probe.Behave = (_, _) => ValueTask.FromResult(FakeProbe.Bad);
        await using Prober prober = New();
        Check check = Retrying(2, 5000);
        prober.Update([check]);
        Assert.Single(probe.Starts);
        prober.ProbeNow(9, [check.Id]);
        Assert.False(prober.Results.TryRead(out _));
        // What was asked for at once was the first retry.
        Assert.Equal(2, probe.Starts.Count);

        for (int i = 0; i < 60; i++)
            clock.Advance(TimeSpan.FromMilliseconds(100));

        ProbeResult told = await prober.Results.ReadAsync(Cancel);
        Assert.Equal((false, 9L), (told.Outcome.Ok, told.Round));
        Assert.Equal(3, probe.Starts.Count);
    }

    [Fact]
    public async Task Failure_ThatIsKnown_IsToldAtOnceUntilItRecovers()
    {
        probe.Behave = (_, _) => ValueTask.FromResult(FakeProbe.Bad);
        await using Prober prober = New();
        Check check = Retrying(1, 10);
        prober.Update([check]);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False((await prober.Results.ReadAsync(Cancel)).Outcome.Ok);

        int before = probe.Starts.Count;
        prober.ProbeNow(1, [check.Id]);
        Assert.True(prober.Results.TryRead(out _));
        Assert.Equal(before + 1, probe.Starts.Count);

        probe.Behave = (_, _) => ValueTask.FromResult(FakeProbe.Good);
        prober.ProbeNow(2, [check.Id]);
        Assert.True(prober.Results.TryRead(out ProbeResult? up) && up.Outcome.Ok);
        probe.Behave = (_, _) => ValueTask.FromResult(FakeProbe.Bad);
        prober.ProbeNow(3, [check.Id]);
        Assert.False(prober.Results.TryRead(out _));
    }

    [Fact]
    public async Task Recovery_WithinTheRetries_IsNoFailure()
    {
        probe.Behave = (_, _) => ValueTask.FromResult(probe.Starts.Count == 1 ? FakeProbe.Bad : FakeProbe.Good);
        await using Prober prober = New();
        prober.Update([Retrying(3, 0)]);
        clock.Advance(TimeSpan.FromSeconds(1.1));

        Assert.True((await prober.Results.ReadAsync(Cancel)).Outcome.Ok);
        Assert.False(prober.Results.TryRead(out _));
    }

    /// <summary>Probes that are due together wait for each other up to half a second, but not one that may find an outage.</summary>
    [Fact]
    public async Task Retry_ThatIsDueSoon_WaitsForNoCompany()
    {
        probe.Behave = (_, _) => ValueTask.FromResult(FakeProbe.Bad);
        await using Prober prober = New();
        prober.Update([Retrying(1, 150)]);
        clock.Advance(TimeSpan.FromMilliseconds(150));

        Assert.True(prober.Results.TryRead(out ProbeResult? told) && !told.Outcome.Ok);
        Assert.Equal(2, probe.Starts.Count);
    }

    [Fact]
    public async Task Retries_WhileTheyWait_LeaveTheirPlaceToOthers()
    {
        Check failing = Retrying(5, 300_000);
        probe.Behave = (check, _) => ValueTask.FromResult(check.Id == failing.Id ? FakeProbe.Bad : FakeProbe.Good);
        await using Prober prober = New(concurrency: 1);
        Check other = Many(1)[0];
        other.Id = "c-other";
        prober.Update([failing, other]);

        Assert.Equal("c-other", (await prober.Results.ReadAsync(Cancel)).Check.Id);
    }

    [Fact]
    public async Task Silence_OfAProbe_IsNotToldAndNotRetried()
    {
        probe.Behave = (_, _) => ValueTask.FromResult(new ProbeOutcome(ProbeLevel.Silent, TimeSpan.Zero, ""));
        await using Prober prober = New();
        prober.Update([Retrying(5, 10)]);
        for (int i = 0; i < 50; i++)
            clock.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Single(probe.Starts);
        Assert.False(prober.Results.TryRead(out _));
    }

    public static TheoryData<string> FieldsThatMatter => [.. Fields().Where(f => !s_silentFields.Contains(f))];

    public static TheoryData<string> FieldsThatDoNot => [.. s_silentFields.Where(f => f is not ("id" or "enabled"))];

    [Theory]
    [MemberData(nameof(FieldsThatMatter))]
    public async Task Update_OfAnyFieldThatIsNotKnownToBeSilent_TakesEffectAtOnce(string field)
    {
        await using Prober prober = New();
        prober.Update(Many(1));
        prober.Update([Changed(field)]);

        Assert.Equal(2, probe.Starts.Count);
    }

    [Theory]
    [MemberData(nameof(FieldsThatDoNot))]
    public async Task Update_OfAFieldThatAsksNothing_IsNoReasonToProbe(string field)
    {
        await using Prober prober = New();
        prober.Update(Many(1));
        prober.Update([Changed(field)]);

        Assert.Single(probe.Starts);
    }

    [Fact]
    public async Task Update_WithATypeOfANewerVersion_SaysNothingAboutIt()
    {
        await using Prober prober = New();
        Check check = Many(1)[0].Clone();
        check.Type = (CheckType)77;
        prober.Update([check]);
        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Empty(probe.Starts);
    }

    [Fact]
    public async Task Dispose_WithProbesRunning_CancelsThemAndEndsTheResults()
    {
        probe.Hold();
        Prober prober = New();
        prober.Update(Many(5));

        await prober.DisposeAsync();

        await prober.Results.Completion.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        prober.Update(Many(5));
        Assert.Equal(5, probe.Starts.Count);
    }

    [Fact]
    public async Task Probes_AgainstARealServer_AreTold()
    {
        await using RawServer server = RawServer.Saying(200);
        using ProbeByType real = new(() => [], TimeProvider.System);
        await using Prober prober = new(real, "node-a", TimeProvider.System, NullLogger<Prober>.Instance);
        prober.Update([TestChecks.Http(server.Url)]);

        ProbeResult result = await prober.Results.ReadAsync(Cancel);

        Assert.True(result.Outcome.Ok, result.Outcome.Detail);
    }

    private Prober New(int concurrency = Prober.DefaultConcurrency) =>
        new(probe, "node-a", clock, NullLogger<Prober>.Instance, concurrency);

    private static readonly string[] s_silentFields =
    [
        "id", "enabled", "name", "alert_ids", "suppress_alert_ids", "changed_in", "down_when", "tags", "parent_ids", "group", "hidden",
        "description", "reminder_ms",
    ];

    private static IEnumerable<string> Fields() => Check.Descriptor.Fields.InFieldNumberOrder().Select(f => f.Name);

    private static Check Changed(string field)
    {
        Check check = Many(1)[0].Clone();
        FieldDescriptor one = Check.Descriptor.FindFieldByName(field);
        if (one.IsRepeated)
            ((System.Collections.IList)one.Accessor.GetValue(check)).Add("192.0.2.1");
        else
            one.Accessor.SetValue(check, one.FieldType switch
            {
                FieldType.String => "http://other.test/",
                FieldType.Bool => true,
                FieldType.Int32 => 7,
                FieldType.Int64 => 7000L,
                FieldType.Enum => CheckType.Tcp,
                _ => one.MessageType.Parser.ParseFrom([0x0a, 0x01, (byte)'x']),
            });
        return check;
    }

    private static Check Retrying(int retries, long afterMs)
    {
        // A check whose regular turn is far away: what happens before is a retry.
        Check check = Many(100).First(c => ProbeSchedule.DueAfter(TimeSpan.Zero, c.Id, "node-a", TimeSpan.FromSeconds(30)) > TimeSpan.FromSeconds(20));
        check.Retries = retries;
        check.RetryAfterMs = afterMs;
        return check;
    }

    private static List<Check> Many(int count, int timeoutMs = 10_000) => [.. Enumerable.Range(0, count).Select(i =>
    {
        Check check = TestChecks.Http("http://target.test/", timeoutMs: timeoutMs);
        check.Id = $"c-{i}";
        return check;
    })];
}
