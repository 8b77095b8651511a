using Uptrakit.Qu.Control;
using Uptrakit.Qu.Tui;

namespace Uptrakit.Tests.Tui;

public sealed class TuiUpdateTests
{
    private readonly TuiScene scene = new();

    [Fact]
    public void Tabs_AreReachedByNumberTabAndShiftTab()
    {
        scene.Type("4");
        Assert.Equal(Tab.Events, scene.Model.Tab);
        scene.Press(ConsoleKey.Tab);
        Assert.Equal(Tab.Peers, scene.Model.Tab);
        scene.Press(ConsoleKey.Tab, shift: true);
        Assert.Equal(Tab.Events, scene.Model.Tab);
        scene.Type("1");
        Assert.Equal(Tab.Peers, scene.Model.Tab);
    }

    [Fact]
    public void Rows_AreChosenByArrowsAndLetters_AndNotBeyondTheEnds()
    {
        scene.Type("jj");
        scene.Press(ConsoleKey.DownArrow);
        Assert.Equal("c-2", scene.Model.Check!.Id);
        scene.Type("k");
        scene.Press(ConsoleKey.UpArrow);
        scene.Press(ConsoleKey.UpArrow);
        Assert.Equal("c-0", scene.Model.Check!.Id);
    }

    [Fact]
    public void Choice_AfterAnotherCheckWasAddedBefore_StaysOnTheSameCheck()
    {
        scene.Type("j");
        scene.Refresh(static status => status.Checks.Insert(0, TuiScene.Row("c-new", "aaa")));

        Assert.Equal("c-1", scene.Model.Check!.Id);
        Assert.Equal(2, scene.Model.Selected);
    }

    [Fact]
    public void Choice_WhenItsCheckIsGone_IsStillOnARow()
    {
        scene.Press(ConsoleKey.End);
        scene.Refresh(static status => status.Checks.RemoveAt(2));

        Assert.Equal("c-1", scene.Model.Check!.Id);
    }

    [Fact]
    public void Filter_ShowsWhatFits_AndEscapeShowsAllAgain()
    {
        scene.Type("/00001");
        Assert.Equal("c-1", Assert.Single(scene.Model.Checks).Id);
        scene.Press(ConsoleKey.Backspace);
        Assert.Equal(3, scene.Model.Checks.Count);
        scene.Type("2");
        scene.Press(ConsoleKey.Enter);
        Assert.Equal("c-2", scene.Model.Check!.Id);
        scene.Press(ConsoleKey.Escape);
        Assert.Equal(3, scene.Model.Checks.Count);
        Assert.Equal("c-2", scene.Model.Check!.Id);
    }

    [Fact]
    public void Filter_TakesLettersThatAreOrdersElsewhere()
    {
        scene.Type("/qdx");

        Assert.Equal("qdx", scene.Model.Filter);
        Assert.Empty(scene.Orders);
    }

    [Theory]
    [InlineData("2d", "Delete check check-00000?")]
    [InlineData("3d", "Delete alert ops?")]
    [InlineData("1jd", "Evict 7f21bbbb-2 (7f21.example.org:9901) for good?")]
    public void Delete_AsksFirst_AndDoesNothingOnAnyOtherKey(string keys, string question)
    {
        scene.Type(keys);
        Assert.Contains(question, scene.Picture, StringComparison.Ordinal);
        scene.Type("n");
        scene.Type(keys);
        scene.Press(ConsoleKey.Enter);
        Assert.Empty(scene.Orders);

        scene.Type(keys + "y");
        Assert.IsType<TuiOrder.Remove>(Assert.Single(scene.Orders));
    }

    [Fact]
    public void Delete_WhenTheRowsMoveUnderTheQuestion_StillMeansTheOneThatWasNamed()
    {
        scene.Type("d");
        scene.Refresh(static status => status.Checks.RemoveAt(0));
        scene.Type("y");

        Assert.Equal(new TuiOrder.Remove(Tab.Checks, "c-0", "check-00000"), scene.LastOrder);
    }

    [Fact]
    public void Toggle_OfACheck_OrdersTheOtherState()
    {
        scene.Type("x");
        Assert.Equal(new TuiOrder.Enable(Tab.Checks, "c-0", On: false), scene.LastOrder);
        scene.Refresh(static status => status.Checks[0].State = "disabled");
        scene.Type("x");
        Assert.Equal(new TuiOrder.Enable(Tab.Checks, "c-0", On: true), scene.LastOrder);
        scene.Type("3x");
        Assert.Equal(new TuiOrder.Enable(Tab.Alerts, "a-1", On: false), scene.LastOrder);
    }

    [Fact]
    public void DefaultFlag_IsTurnedOfAlertsOnly()
    {
        scene.Type("D");
        Assert.Empty(scene.Orders);
        scene.Type("3D");
        Assert.Equal(new TuiOrder.MakeDefault("a-1", On: false), scene.LastOrder);
    }

    [Fact]
    public void Test_IsOfTheCheckOrTheAlertThatIsMarked()
    {
        scene.Type("t");
        Assert.Equal(Tab.Checks, Assert.IsType<TuiOrder.Test>(scene.LastOrder).Kind);
        Assert.Contains("telling that check-00000 is down, as a test", scene.Picture, StringComparison.Ordinal);

        scene.Type("3t");
        Assert.Equal(new TuiOrder.Test(Tab.Alerts, "a-1"), scene.LastOrder);

        scene.Type("1t");
        Assert.Equal(2, scene.Orders.Count);
    }

    [Fact]
    public void Add_OfACheck_OrdersWhatWasWritten()
    {
        scene.Type("a");
        scene.Press(ConsoleKey.RightArrow);
        scene.Press(ConsoleKey.Tab);
        scene.Type("db q");
        scene.Press(ConsoleKey.Enter);
        scene.Type("db.example.org:5432");
        scene.Press(ConsoleKey.DownArrow);
        scene.Press(ConsoleKey.Enter);

        Assert.Equal(new TuiOrder.AddCheck("tcp", "db q", "db.example.org:5432", TimeSpan.FromSeconds(30)), scene.LastOrder);
        Assert.IsType<TuiMode.Browse>(scene.Model.Mode);
    }

    [Theory]
    [InlineData("", "https://example.org/", "", "name: ", 1)]
    [InlineData("web", "ftp://example.org/", "", "target: ", 2)]
    [InlineData("web", "https://example.org/", "x", "interval: ", 3)]
    [InlineData("web", "https://example.org/", "99d", "interval: ", 3)]
    public void Add_OfWhatTheClusterWouldRefuse_SaysWhatIsWrongAndStaysThere(string name, string target, string interval, string fault, int at)
    {
        scene.Type("a");
        scene.Press(ConsoleKey.Tab);
        scene.Type(name);
        scene.Press(ConsoleKey.Tab);
        scene.Type(target);
        scene.Press(ConsoleKey.Tab);
        scene.Type(interval);
        scene.Press(ConsoleKey.Enter);

        TuiMode.Filling form = Assert.IsType<TuiMode.Filling>(scene.Model.Mode);
        Assert.StartsWith(fault, form.Fault, StringComparison.Ordinal);
        Assert.Equal(at, form.At);
        Assert.Empty(scene.Orders);
    }

    [Fact]
    public void Add_OfAnAlert_OrdersWhatWasWritten()
    {
        scene.Type("3a");
        scene.Press(ConsoleKey.Tab);
        scene.Type("room");
        scene.Press(ConsoleKey.Tab);
        scene.Type("https://hooks.example.org/qu");
        scene.Press(ConsoleKey.Tab);
        scene.Press(ConsoleKey.Spacebar);
        scene.Press(ConsoleKey.Enter);

        Assert.Equal(new TuiOrder.AddAlert("webhook", "room", "https://hooks.example.org/qu", IsDefault: true), scene.LastOrder);
    }

    [Fact]
    public void Form_Escaped_OrdersNothing()
    {
        scene.Type("aqd");
        scene.Press(ConsoleKey.Escape);

        Assert.Empty(scene.Orders);
        Assert.IsType<TuiMode.Browse>(scene.Model.Mode);
    }

    [Fact]
    public void Detail_AsksForVotesAndThePast_OneAnswerAtATime()
    {
        scene.Press(ConsoleKey.Enter);
        Assert.IsType<TuiOrder.Refresh>(scene.LastOrder);
        Assert.Equal("c-0", scene.Model.Watched);
        scene.Refresh();
        Assert.Equal(new TuiOrder.LookBack("c-0"), scene.LastOrder);
        scene.Refresh();
        Assert.Single(scene.Orders.OfType<TuiOrder.LookBack>());

        scene.Tell(new TuiMessage.PastOf("c-0", new HistoryReply(), ""));
        scene.Refresh();
        Assert.Equal(2, scene.Orders.OfType<TuiOrder.LookBack>().Count());
    }

    [Fact]
    public void Detail_AnswerOfAnotherCheck_IsNotTakenForThisOne()
    {
        scene.Press(ConsoleKey.Enter);
        scene.Type("j");
        scene.Tell(new TuiMessage.PastOf("c-0", new HistoryReply { FromMs = 1 }, ""));

        TuiMode.Looking looking = Assert.IsType<TuiMode.Looking>(scene.Model.Mode);
        Assert.Equal("c-1", looking.CheckId);
        Assert.Null(looking.Past);
    }

    [Fact]
    public void Order_ThatWasCarriedOut_IsToldAndLookedAtAtOnce()
    {
        scene.Tell(new TuiMessage.Told("added check web", Failed: false));

        Assert.IsType<TuiOrder.Refresh>(scene.LastOrder);
        Assert.Contains("added check web", scene.Picture, StringComparison.Ordinal);
    }

    [Fact]
    public void Quit_AndTheEndOfTheKeyboard_EndIt()
    {
        scene.Type("q");
        scene.Tell(new TuiMessage.KeyboardEnded());

        Assert.Equal(2, scene.Orders.OfType<TuiOrder.Quit>().Count());
    }
}
