using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Verdicts;
using Uptrakit.Tests.State;
using static Uptrakit.Tests.State.TestMachine;

namespace Uptrakit.Tests.Verdicts;

public sealed class DutiesTests
{
    private readonly TestMachine machine = new();
    private readonly Duties duties = new();

    private DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(machine.NowMs);

    [Fact]
    public void Window_OpensAndCloses_TakesItsChecksAlong()
    {
        string web = machine.AddCheck("web");
        string other = machine.AddCheck("other");
        Transit(web, CheckState.Unknown, CheckState.Up);
        machine.Must(new Command
        {
            PutWindow = new PutWindow
            {
                Window = new MaintenanceWindow { Name = "upgrade", CheckIds = { web }, FromMs = machine.NowMs + 1000, ToMs = machine.NowMs + 61_000 },
            },
        });
        Assert.Empty(duties.Of(machine.State, Now));

        machine.NowMs += 1000;
        Do();
        Assert.Equal((CheckState.Maintenance, CheckState.Unknown), (machine.State.StatusOf(web).State, machine.State.StatusOf(other).State));
        Assert.Empty(duties.Of(machine.State, Now));

        machine.NowMs += 60_000;
        Do();
        Assert.Equal(CheckState.Unknown, machine.State.StatusOf(web).State);
        Assert.Empty(machine.State.Outbox);
    }

    [Fact]
    public void Check_AddedWhileAWindowIsOpen_IsTakenAlong()
    {
        machine.AddCheck("web");
        machine.Must(new Command { PutWindow = new PutWindow { Window = new MaintenanceWindow { Name = "all", All = true, FromMs = machine.NowMs, ToMs = machine.NowMs + 60_000 } } });
        Do();
        Assert.Empty(duties.Of(machine.State, Now));

        string late = machine.AddCheck("late");
        Do();

        Assert.Equal(CheckState.Maintenance, machine.State.StatusOf(late).State);
    }

    [Theory]
    [InlineData("Europe/Berlin", "30 2 * * *", "2026-03-29T01:00:30Z", true)] // 02:30 does not exist that night: it opens when the clock has jumped, at 03:00
    [InlineData("Europe/Berlin", "30 2 * * *", "2026-10-25T00:45:00Z", true)] // the first 02:30 of two
    [InlineData("Europe/Berlin", "30 2 * * *", "2026-10-25T01:45:00Z", false)] // the second
    [InlineData("", "0 3 * * SUN", "2026-11-29T03:59:59Z", true)]
    [InlineData("", "0 3 * * SUN", "2026-11-29T04:00:00Z", false)]
    public void Window_ThatComesAgain_IsOpenByTheClockOfItsZone(string zone, string cron, string at, bool open)
    {
        MaintenanceWindow window = new() { Name = "nightly", All = true, Cron = cron, Zone = zone, LastsMs = 3_600_000 };
        Assert.SkipWhen(MaintenanceWindows.ZoneOf(zone) is null, "this machine has no time zones: apt-get install tzdata");
        if (at.StartsWith("2026-10-25", StringComparison.Ordinal))
            window.LastsMs = 1_800_000;

        Assert.Equal(open, MaintenanceWindows.OpenUntil(window, DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture)) is not null);
    }

    [Fact]
    public void Child_WhoseParentIsBack_IsToldOfIfItIsStillDown()
    {
        machine.AddAlert("ops", isDefault: true);
        string router = machine.AddCheck("router");
        Check below = Check("web");
        below.ParentIds.Add(router);
        string web = machine.Must(new Command { PutCheck = new PutCheck { Check = below } });
        Transit(router, CheckState.Unknown, CheckState.Down);
        Transit(web, CheckState.Unknown, CheckState.Down);
        Assert.Empty(duties.Of(machine.State, Now));

        Transit(router, CheckState.Down, CheckState.Up);
        Do();
        machine.NowMs += 29_000;
        Do();
        Assert.DoesNotContain(machine.State.Outbox.Values, entry => entry.CheckId == web); // it may be well any moment
        machine.NowMs += 1000;
        Do();

        Assert.Equal(web, machine.State.Outbox.Values.Last().CheckId);
        Assert.Empty(duties.Of(machine.State, Now));
    }

    /// <summary>It is back a moment after its parent: nobody is woken for that moment.</summary>
    [Fact]
    public void Child_ThatIsWellSoonAfterItsParent_IsNotToldOf_AndNotForgottenTheNextTime()
    {
        machine.AddAlert("ops", isDefault: true);
        string router = machine.AddCheck("router");
        Check below = Check("web");
        below.ParentIds.Add(router);
        string web = machine.Must(new Command { PutCheck = new PutCheck { Check = below } });
        Transit(web, CheckState.Unknown, CheckState.Up);
        Transit(router, CheckState.Unknown, CheckState.Up);
        for (int i = 0; i < 2; i++)
        {
            Transit(router, CheckState.Up, CheckState.Down);
            Transit(web, CheckState.Up, CheckState.Down);
            // The second time the parent is away for less than a look of the leader.
            if (i == 0)
                Do();
            Transit(router, CheckState.Down, CheckState.Up);
            Do();
            machine.NowMs += 5000;
            Do();
            Transit(web, CheckState.Down, CheckState.Up);
            machine.NowMs += 60_000;
            Do();
        }

        Assert.DoesNotContain(machine.State.Outbox.Values, entry => entry.CheckId == web);
    }

    [Fact]
    public void Reminder_IsProposedWhenItIsDue()
    {
        machine.AddAlert("ops", isDefault: true);
        Check reminded = Check("web");
        reminded.ReminderMs = 60_000;
        string web = machine.Must(new Command { PutCheck = new PutCheck { Check = reminded } });
        Transit(web, CheckState.Unknown, CheckState.Down);
        Assert.Empty(duties.Of(machine.State, Now));

        machine.NowMs += 60_000;
        Do();

        Assert.Equal(MessageKind.Reminder, machine.State.Outbox.Values.Last().Kind);
        Assert.Empty(duties.Of(machine.State, Now));
    }

    [Fact]
    public void Member_ThatIsLostAndComesBack_IsToldOnceEach()
    {
        Watch();
        machine.AddAlert("others", isDefault: true);
        machine.Join(1);
        string node = NodeOf(1);
        machine.Must(new Command { MarkJoined = new MarkJoined { NodeId = node } });

        foreach (double seconds in (double[])[3, 29, 31, 90, 2, 1])
            Note([new MemberSight(node, TimeSpan.FromSeconds(seconds), TimeSpan.Zero)]);

        Assert.Equal([MessageKind.MemberLost, MessageKind.MemberBack], machine.State.Outbox.Values.Select(static o => o.Kind));
        Assert.All(machine.State.Outbox.Values, o => Assert.Equal(node, o.MemberId));
        Assert.True(IsWell(node));
    }

    [Theory]
    [InlineData("0 0 60", "2")]
    [InlineData("0 60 60", "0")] // it is the leader's that is off
    [InlineData("0 60", "1")] // of two nobody knows: the leader's is taken for right
    [InlineData("0 0 60 60", "2 3")]
    [InlineData("0 -5 9", "")]
    public void Clock_ThatDiffersFromMost_IsToldOf(string offsets, string off)
    {
        double[] clocks = [.. offsets.Split(' ').Select(static text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture))];
        string[] nodes = Join(clocks.Length);

        Note([.. clocks.Select((offset, i) => new MemberSight(nodes[i], TimeSpan.Zero, TimeSpan.FromSeconds(offset)))]);

        Assert.Equal(off.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(i => nodes[int.Parse(i, System.Globalization.CultureInfo.InvariantCulture)]).Order(), machine.State.Members.Keys.Order());
    }

    [Fact]
    public void Clock_AboutTheLimit_IsToldOnceAndNotEverySecond()
    {
        Watch();
        string[] nodes = Join(3);

        foreach (double offset in (double[])[11, 9, 11, 9, 6, 4, 9])
        {
            Note([.. Clocks(nodes, offset)]);
            machine.NowMs += 60_000;
        }

        Assert.Equal([MessageKind.MemberClock, MessageKind.MemberClockRight], machine.State.Outbox.Values.Select(static o => o.Kind));
    }

    /// <summary>What a clock says is its member's own word: a machine in wrong hands must neither fill the log nor anybody's phone.</summary>
    [Fact]
    public void Clock_ThatIsAnotherEverySecond_IsNotedOnceAMinuteAndToldSixTimesAnHour()
    {
        Watch();
        string[] nodes = Join(3);
        int noted = 0;

        for (int second = 0; second < 3600; second++)
        {
            noted += Note([.. Clocks(nodes, second % 2 == 0 ? 60 : 0)]);
            machine.NowMs += 1000;
        }

        Assert.InRange(noted, 50, 61);
        Assert.Equal(MemberNotes.MostPerHour, machine.State.Outbox.Count);
    }

    [Fact]
    public void Member_ThatComesAndGoes_IsToldOfSixTimesAndAfterAnHourOfHowItIs()
    {
        Watch();
        string[] nodes = Join(3);
        ComeAndGo(nodes[1], times: 20);

        Note([Silent(nodes[1], 40)]);
        Assert.Equal(MemberNotes.MostPerHour, machine.State.Outbox.Count);
        Assert.All(machine.State.Outbox.Values.SkipLast(1), static entry => Assert.DoesNotContain(MemberNotes.Hushed, entry.Detail, StringComparison.Ordinal));
        Assert.Contains(MemberNotes.Hushed, machine.State.Outbox.Values.Last().Detail, StringComparison.Ordinal);
        Assert.NotEqual(0, machine.State.Members[nodes[1]].LostMs);

        machine.NowMs += 3_600_000;
        Assert.Equal(1, Note([Silent(nodes[1], 3640)]));
        Assert.Equal(MessageKind.MemberLost, machine.State.Outbox.Values.Last().Kind);
        Assert.Equal(MemberNotes.MostPerHour + 1, machine.State.Outbox.Count);
        Assert.Equal(0, Note([Silent(nodes[1], 3641)]));
    }

    [Fact]
    public void Member_WhoseUntoldTroubleEndsWhenItCouldBeTold_IsNotToldOf()
    {
        Watch();
        string[] nodes = Join(3);
        ComeAndGo(nodes[1], times: 20);
        Note([Silent(nodes[1], 40)]);

        machine.NowMs += 3_600_000;

        Assert.Equal(1, Note([Silent(nodes[1], 1)]));
        Assert.True(IsWell(nodes[1]));
        Assert.Equal(MemberNotes.MostPerHour, machine.State.Outbox.Count);
    }

    [Fact]
    public void Member_ThatIsAgainAsItWasTold_IsNotToldOfLater()
    {
        Watch();
        string[] nodes = Join(3);
        ComeAndGo(nodes[1], times: 20);

        machine.NowMs += 3_600_000;
        Assert.Equal(0, Note([Silent(nodes[1], 1)]));
        Assert.Equal(MessageKind.MemberBack, machine.State.Outbox.Values.Last().Kind);
    }

    [Fact]
    public void Leader_ThatWasLostBefore_IsBack()
    {
        string[] nodes = Join(3);
        machine.Must(new Command { NoteMember = new NoteMember { NodeId = nodes[0], Kind = MessageKind.MemberLost } });

        Note([new(nodes[0], TimeSpan.Zero, TimeSpan.Zero)]);

        Assert.True(IsWell(nodes[0]));
    }

    private void ComeAndGo(string node, int times)
    {
        for (int i = 0; i < times; i++)
        {
            Note([Silent(node, 40)]);
            machine.NowMs += 40_000;
            Note([Silent(node, 1)]);
            machine.NowMs += 10_000;
        }
    }

    private void Watch()
    {
        Alert watcher = Alert("ops");
        watcher.WatchesCluster = true;
        machine.Must(new Command { PutAlert = new PutAlert { Alert = watcher } });
    }

    private int Note(MemberSight[] sights)
    {
        Command[] due = [.. Duties.Of(machine.State, sights, Now)];
        foreach (Command command in due)
            machine.Must(command);
        return due.Length;
    }

    private bool IsWell(string node) => machine.State.Members[node] is { LostMs: 0, ClockMs: 0, ExcludedMs: 0 };

    private static MemberSight Silent(string node, double seconds) => new(node, TimeSpan.FromSeconds(seconds), TimeSpan.Zero);

    private static IEnumerable<MemberSight> Clocks(string[] nodes, double lastOffset) =>
        nodes.Select((node, i) => new MemberSight(node, TimeSpan.Zero, i == nodes.Length - 1 ? TimeSpan.FromSeconds(lastOffset) : TimeSpan.Zero));

    private string[] Join(int count)
    {
        for (int i = 1; i < count; i++)
        {
            machine.Join(i);
            machine.Must(new Command { MarkJoined = new MarkJoined { NodeId = NodeOf(i) } });
        }

        return [Founder, .. Enumerable.Range(1, count - 1).Select(NodeOf)];
    }

    private void Do()
    {
        foreach (Command command in duties.Of(machine.State, Now))
            machine.Must(command);
    }

    private void Transit(string check, CheckState from, CheckState to) =>
        machine.Must(new Command { Transition = new Transition { CheckId = check, From = from, To = to } });
}
