using Microsoft.EntityFrameworkCore;
using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Storage;
using Uptrakit.Controller.Storage.Rows;

namespace Uptrakit.Controller.Settings;

/// <summary>Who changed what. An entry is added to the context of the change, so both are written or neither is.</summary>
internal sealed class AuditLog(HubStore store, TimeProvider clock)
{
    private const int LongestDetail = 1000;
    private const int LongestName = 300;

    /// <summary>Adds an entry to the change that is being made.</summary>
    /// <param name="hub">The context of that change.</param>
    /// <param name="actor">user:alice, local:0, token:s-..., service:..., controller.</param>
    /// <param name="action">noun.verb, for programs.</param>
    /// <param name="subject">What was changed; never a secret.</param>
    /// <param name="detail">More words; never a secret.</param>
    public void Add(HubContext hub, string actor, string action, string subject, string? detail = null) => hub.Audit.Add(new AuditRow
    {
        At = clock.GetUtcNow(),
        Actor = Cut(actor, LongestName),
        Action = action,
        Subject = Cut(subject, LongestName),
        Detail = detail is null ? null : Cut(detail, LongestDetail),
    });

    /// <summary>The newest first, older than an entry.</summary>
    public Task<AuditList> ListAsync(int most, DateTimeOffset? before, CancellationToken cancel) => store.ReadAsync(async hub =>
    {
        IQueryable<AuditRow> rows = before is { } moment ? hub.Audit.Where(row => row.At < moment) : hub.Audit;
        List<AuditRow> newest = await rows.OrderByDescending(row => row.Id).Take(most).ToListAsync(cancel);
        return new AuditList([.. newest.Select(static row => new AuditEntryView(row.At, row.Actor, row.Action, row.Subject, row.Detail))]);
    }, cancel);

    private static string Cut(string text, int longest) => text.Length <= longest ? text : text[..longest];
}
