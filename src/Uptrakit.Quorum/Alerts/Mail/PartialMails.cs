using MimeKit;

namespace Uptrakit.Quorum.Alerts.Mail;

/// <summary>Remembers who already has a mail that others are still to get.</summary>
internal sealed class PartialMails
{
    private const int Limit = 256;

    private readonly Lock gate = new();
    private readonly Dictionary<(string Alert, string Message), HashSet<string>> known = [];
    private readonly Queue<(string, string)> order = [];

    internal List<MailboxAddress> Remaining(string alert, string message, List<MailboxAddress> all)
    {
        lock (gate)
        {
            if (!known.TryGetValue((alert, message), out HashSet<string>? have))
                return all;
            List<MailboxAddress> rest = [.. all.Where(a => !have.Contains(a.Address))];
            // The alert was edited meanwhile, and all who are left have it.
            return rest.Count > 0 ? rest : all;
        }
    }

    internal void Remember(string alert, string message, List<string> accepted, bool isOver)
    {
        lock (gate)
        {
            if (isOver)
            {
                known.Remove((alert, message));
                return;
            }

            if (accepted.Count == 0)
                return;
            if (!known.TryGetValue((alert, message), out HashSet<string>? have))
            {
                known.Add((alert, message), have = []);
                order.Enqueue((alert, message));
                if (order.Count > Limit)
                    known.Remove(order.Dequeue());
            }

            have.UnionWith(accepted);
        }
    }
}
