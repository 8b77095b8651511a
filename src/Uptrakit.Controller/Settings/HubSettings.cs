using Microsoft.EntityFrameworkCore;
using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Host;
using Uptrakit.Controller.Storage;
using Uptrakit.Controller.Storage.Rows;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Controller.Settings;

/// <summary>Settings of the whole Controller, in the database: they hold for every Controller that shares it.</summary>
internal sealed class HubSettings(HubStore store, AuditLog audit, ServeOptions options)
{
    public const int DefaultPort = 8443;

    public Task<SettingsView> ReadAsync(CancellationToken cancel) => store.ReadAsync(hub => hub.Controllers
        .Select(row => new SettingsView(row.PublicAddress, row.ApprovalWithoutToken)).SingleAsync(cancel), cancel);

    /// <summary>Where Services and people reach the Controller: the setting, else --public-addr; null when neither was given.</summary>
    public async Task<TokenAddress?> PublicAddressAsync(CancellationToken cancel)
    {
        SettingsView settings = await ReadAsync(cancel);
        return settings.PublicAddress is { } text && HostPort.TryParse(text, DefaultPort, out TokenAddress? address)
            ? address
            : options.PublicAddress;
    }

    /// <summary>The answer is what is wrong, or null.</summary>
    public async Task<string?> WriteAsync(SettingsView wanted, string actor, CancellationToken cancel)
    {
        TokenAddress? address = null;
        if (wanted.PublicAddress is { Length: > 0 } text && !HostPort.TryParse(text, DefaultPort, out address))
            return $"public_address: '{text}' is not a host with a port, like hub.example.org:{DefaultPort}";
        string? stored = address is null ? null : HostPort.Text(address);
        await store.WriteAsync(async hub =>
        {
            ControllerRow row = await hub.Controllers.SingleAsync(cancel);
            row.PublicAddress = stored;
            row.ApprovalWithoutToken = wanted.ApprovalWithoutToken;
            audit.Add(hub, actor, "settings.update", "settings",
                $"public_address={stored ?? "none"} approval_without_token={(wanted.ApprovalWithoutToken ? "yes" : "no")}");
            return true;
        }, cancel);
        return null;
    }
}
