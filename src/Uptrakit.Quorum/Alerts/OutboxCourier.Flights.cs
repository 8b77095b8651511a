using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts;

/// <content>Messages on their way.</content>
internal sealed partial class OutboxCourier
{
    private readonly record struct Delivery(Errand Errand, Alert Alert, string Verb, SendResult Result);

    private async Task<Delivery> DeliverAsync(Errand errand, CancellationToken cancel)
    {
        Alert alert = errand.Alert!;
        string verb = "";
        try
        {
            AlertMessage message = errand.Summed.Count > 1
                ? AlertMessage.Summary([.. errand.Summed.Select(e => AlertMessage.Of(e.Entry))])
                : AlertMessage.Of(errand.Entry);
            verb = message.Verb;
            return new Delivery(errand, alert, verb, await sender.SendAsync(alert, message, cancel));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return new Delivery(errand, alert, verb, new SendResult.Failed("this node stopped leading", Retry: true));
        }
        catch (Exception bug)
        {
            logger.SenderBroke(alert.Id, errand.Entry.Id, bug);
            return new Delivery(errand, alert, verb, new SendResult.Failed($"the sender broke ({bug.GetType().Name})", Retry: true));
        }
    }

    private async Task CollectAsync(CancellationToken cancel)
    {
        foreach (Task<Delivery> landed in flights.Where(f => f.IsCompleted).ToList())
        {
            flights.Remove(landed);
            Settle(await landed, cancel.IsCancellationRequested);
        }
    }

    private void Settle(Delivery delivery, bool stopping)
    {
        (Errand errand, Alert alert, string verb, SendResult result) = delivery;
        book.Ended(errand);
        switch (result)
        {
            case SendResult.Delivered delivered:
                ErrandBook.Finished(errand);
                logger.Sent(errand.Entry.Id, verb, alert.Id, alert.Name);
                if (errand.Summed.Count > 1)
                    logger.SummedUp(errand.Entry.Id, alert.Id, alert.Name, errand.Summed.Count);
                if (delivered.Note.Length > 0)
                    logger.SentWithNote(errand.Entry.Id, alert.Id, alert.Name, delivered.Note);
                break;
            case SendResult.Failed { Retry: false } refused:
                ErrandBook.Finished(errand);
                logger.Refused(errand.Entry.Id, alert.Id, alert.Name, refused.Reason);
                break;
            case SendResult.Failed failed when !stopping:
                TimeSpan wait = RetryDelay.After(errand.Attempts, failed.RetryAfter);
                book.Postpone(errand, wait, wholeAlert: failed.RetryAfter is not null);
                logger.WillRetry(errand.Entry.Id, alert.Id, alert.Name, failed.Reason, errand.Attempts, wait);
                break;
        }
    }

    // At the end every message is accounted for: what arrived is remembered although nobody commits it any more.
    private async Task LandAsync(Task? commit)
    {
        foreach (Task<Delivery> flight in flights)
            Settle(await flight, stopping: true);
        flights.Clear();
        if (commit is not null)
            await commit.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
