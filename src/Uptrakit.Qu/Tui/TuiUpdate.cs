using Uptrakit.Qu.Control;

namespace Uptrakit.Qu.Tui;

/// <summary>What a message makes of the model, and what is to be done for it. Nothing is asked or drawn here.</summary>
internal static partial class TuiUpdate
{
    public static (TuiModel Model, TuiOrder? Order) Step(TuiModel model, TuiMessage message, DateTimeOffset now) => message switch
    {
        TuiMessage.Key key => Press(model, key.Pressed),
        TuiMessage.Refreshed fresh => Refresh(model, fresh, now),
        TuiMessage.Lost lost => (Lose(model, lost.Why, now), null),
        TuiMessage.Told told => (model.Tell(told.Words, told.Failed ? Tone.Bad : Tone.Good), new TuiOrder.Refresh()),
        TuiMessage.PastEvents past => (model.With(EventFinder.Of(past.Outages)).Filtered(), null),
        TuiMessage.PastOf past => (TakePast(model, past), null),
        TuiMessage.Resized size => (model with { Width = Math.Max(1, size.Width), Height = Math.Max(1, size.Height) }, null),
        _ => (model, new TuiOrder.Quit()),
    };

    private static (TuiModel Model, TuiOrder? Order) Refresh(TuiModel model, TuiMessage.Refreshed fresh, DateTimeOffset now)
    {
        StatusReply? before = model.Status;
        TuiModel next = model with { Status = fresh.Status, Alerts = fresh.Alerts, Lost = "" };
        if (before is not null)
            next = next.With(EventFinder.Between(before, fresh.Status, now));
        if (model.Lost.Length > 0)
            next = next.With([new TuiEvent(now, Tone.Good, "the daemon answers again")]);
        next = next.Filtered();
        if (next.Mode is not TuiMode.Looking { Asked: false } looking)
            return (next, null);
        return (next with { Mode = looking with { Asked = true } }, new TuiOrder.LookBack(looking.CheckId));
    }

    private static TuiModel Lose(TuiModel model, string why, DateTimeOffset now) => model.Lost.Length > 0
        ? model with { Lost = Plain.Line(why) }
        : (model with { Lost = Plain.Line(why), LostSince = now }).With([new TuiEvent(now, Tone.Bad, Plain.Line($"the daemon is lost: {why}"))]).Filtered();

    private static TuiModel TakePast(TuiModel model, TuiMessage.PastOf past) => model.Mode is TuiMode.Looking looking && looking.CheckId == past.CheckId
        ? model with { Mode = looking with { Past = past.Past ?? looking.Past, Fault = Plain.Line(past.Fault), Asked = false } }
        : model;
}
