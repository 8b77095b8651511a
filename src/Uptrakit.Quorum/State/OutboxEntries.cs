namespace Uptrakit.Quorum.State;

/// <summary>Messages about checks begin alike.</summary>
internal static class OutboxEntries
{
    /// <summary>What a message says of the check itself; what has happened to it is the caller's.</summary>
    public static OutboxEntry Of(Check check, MessageKind kind)
    {
        OutboxEntry entry = new()
        {
            Kind = kind,
            CheckId = check.Id,
            CheckName = check.Name,
            CheckType = check.Type,
            Target = check.Target,
            Group = check.Group,
        };
        entry.Tags.AddRange(check.Tags);
        return entry;
    }
}
