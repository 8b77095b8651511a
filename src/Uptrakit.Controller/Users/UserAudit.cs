using Uptrakit.Controller.Storage;
using Uptrakit.Controller.Storage.Rows;

namespace Uptrakit.Controller.Users;

/// <summary>Audit entries of what Identity and OpenIddict write in transactions of their own.</summary>
internal sealed class UserAudit(HubStore store, TimeProvider clock)
{
    public Task WriteAsync(string actor, string action, string subject, string? detail, CancellationToken cancel) =>
        store.WriteAsync(hub => Task.FromResult(hub.Audit.Add(Entry(clock.GetUtcNow(), actor, action, subject, detail))), cancel);

    public static AuditRow Entry(DateTimeOffset at, string actor, string action, string subject, string? detail = null) =>
        new() { At = at, Actor = actor, Action = action, Subject = subject, Detail = detail };
}
