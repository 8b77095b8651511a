using System.Text.Json;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.State;

namespace Uptrakit.Tests.Verdicts;

/// <summary>What each member sees goes along with what is told: from the votes over the log to the receiver.</summary>
public sealed class ReportsTests
{
    private readonly TestMachine machine = new();
    private readonly Courtroom room = new(members: 3) { Latency = TimeSpan.FromMilliseconds(42) };

    public ReportsTests()
    {
        machine.AddAlert("ops", isDefault: true);
        string id = machine.AddCheck("web");
        machine.State.Checks.TryGet(id, out Check? web);
        room.Checks[0] = web!;
        room.Judge.Update(room.Checks, room.Members);
    }

    [Fact]
    public void Flip_ThatIsTold_SaysWhatEachMemberSees()
    {
        See(true, true, true);
        See(false, true, false);

        using JsonDocument posted = Posted(Assert.Single(machine.State.Outbox.Values));
        JsonElement[] reports = [.. posted.RootElement.GetProperty("reports").EnumerateArray()];
        Assert.Equal(room.Members, reports.Select(static r => r.GetProperty("node").GetString()));
        Assert.Equal([false, true, false], reports.Select(static r => r.GetProperty("ok").GetBoolean()));
        Assert.Equal(["refused", "", "refused"], reports.Select(static r => r.GetProperty("detail").GetString()));
        Assert.All(reports, static r => Assert.Equal(42, r.GetProperty("latency_ms").GetInt64()));
    }

    [Fact]
    public void Flip_ThatIsToldToNobody_DoesNotFillTheLog()
    {
        See(true, true, true);
        See(null, null, null);

        Assert.Equal([CheckState.Up, CheckState.Unknown], room.Flips.Select(static flip => flip.To));
        Assert.All(room.Flips, static flip => Assert.Empty(flip.Reports));
    }

    /// <summary>Only a leader writes them, and a leader may be in wrong hands: each voter keeps them for each alert.</summary>
    [Fact]
    public void Reports_WithoutMeasure_AreCutWhereTheyAreApplied()
    {
        Transition flip = new() { CheckId = room.Check.Id, From = CheckState.Unknown, To = CheckState.Down };
        flip.Reports.Add(Enumerable.Range(0, 5000).Select(static i => new NodeReport { NodeId = new string('n', 5000), Detail = new string('x', 255) + "😀 and more" }));

        machine.Must(new Command { Transition = flip });

        OutboxEntry entry = Assert.Single(machine.State.Outbox.Values);
        Assert.Equal(NodeReports.Most, entry.Reports.Count);
        Assert.All(entry.Reports, static r => Assert.Equal((64, new string('x', 255)), (r.NodeId.Length, r.Detail)));
    }

    private static JsonDocument Posted(OutboxEntry entry)
    {
        AlertMessage message = AlertMessage.Of(entry);
        return JsonDocument.Parse(WebhookPayload.Serialize(message, AlertComposer.Default(message, Markup.Plain)));
    }

    private void See(params bool?[] answers)
    {
        room.See(answers);
        int flips = room.Flips.Count;
        for (int i = 0; i < 30 && room.Flips.Count == flips; i++)
            room.RunProbing(10);
        foreach (Transition flip in room.Flips.Skip(flips))
            machine.Must(new Command { Transition = flip });
    }
}
