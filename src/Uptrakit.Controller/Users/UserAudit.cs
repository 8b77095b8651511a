using Uptrakit.Controller.Settings;
using Uptrakit.Controller.Storage;

namespace Uptrakit.Controller.Users;

/// <summary>Audit entries of what Identity and OpenIddict write in transactions of their own.</summary>
internal sealed class UserAudit(HubStore store, AuditLog audit)
{
    public Task WriteAsync(string actor, string action, string subject, string? detail, CancellationToken cancel) => store.WriteAsync(hub =>
    {
        audit.Add(hub, actor, action, subject, detail);
        return Task.FromResult(true);
    }, cancel);
}
