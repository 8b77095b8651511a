using Microsoft.EntityFrameworkCore;
using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Settings;
using Uptrakit.Controller.Storage;
using Uptrakit.Controller.Storage.Rows;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Controller.Inventory;

/// <summary>The tokens with which Services enroll.</summary>
internal sealed class EnrollmentTokens(
    HubStore store, AuditLog audit, HubSettings settings, ControllerIdentity identity, AuthorityKeys keys, TimeProvider clock)
{
    public const int MostUses = 1000;
    private const int MostAddresses = 4;
    private const int LongestName = 255;
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(168);
    private static readonly TimeSpan Usual = TimeSpan.FromHours(1);

    public Task<EnrollmentTokenList> ListAsync(CancellationToken cancel) => store.ReadAsync(async hub =>
    {
        List<EnrollmentTokenRow> rows = await hub.EnrollmentTokens.OrderByDescending(row => row.CreatedAt).ToListAsync(cancel);
        return new EnrollmentTokenList([.. rows.Select(ViewOf)]);
    }, cancel);

    /// <summary>Makes a token. Its secret is in the answer and nowhere else.</summary>
    public async Task<Outcome<CreatedEnrollmentToken>> CreateAsync(
        CreateEnrollmentTokenRequest request, string actor, CancellationToken cancel)
    {
        if (Fault(request) is { } fault)
            return Outcome<CreatedEnrollmentToken>.Invalid(fault);
        if (await AddressesAsync(request, cancel) is not { } addresses)
            return Outcome<CreatedEnrollmentToken>.Invalid("addresses: none to four, each a host with a port, like hub.example.org:8443");

        DateTimeOffset now = clock.GetUtcNow();
        TimeSpan life = request.TtlSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : Usual;
        CertificateFingerprint? pin = request.Pin ?? true ? CertificateFingerprint.Of(keys.Current.Anchor) : null;
        ServiceToken token = ServiceToken.Mint(identity.Id, now + life, addresses, pin);
        EnrollmentTokenRow row = new()
        {
            Id = token.Id,
            Name = request.Name?.Trim() ?? "",
            PublicKey = token.PublicKeyInfo,
            Capabilities = [.. (request.Capabilities ?? [Capabilities.Agent]).Distinct(StringComparer.Ordinal)],
            Uses = request.Uses ?? 1,
            UsesLeft = request.Uses ?? 1,
            CreatedAt = now,
            CreatedBy = actor,
            ExpiresAt = token.Expires,
        };
        await store.WriteAsync(hub =>
        {
            hub.EnrollmentTokens.Add(row);
            audit.Add(hub, actor, "token.create", row.Id,
                $"uses={row.Uses} expires={row.ExpiresAt:u} capabilities={string.Join(',', row.Capabilities)}");
            return Task.FromResult(true);
        }, cancel);
        return Outcome<CreatedEnrollmentToken>.Of(new CreatedEnrollmentToken(token.Reveal(), ViewOf(row)));
    }

    /// <summary>Nobody enrolls with it any more; who has, stays. Revoking it once more changes nothing.</summary>
    public Task<Outcome<EnrollmentTokenView>> RevokeAsync(string id, string actor, CancellationToken cancel) =>
        store.WriteAsync(async hub =>
        {
            if (await hub.EnrollmentTokens.SingleOrDefaultAsync(row => row.Id == id, cancel) is not { } row)
                return Outcome<EnrollmentTokenView>.NotFound($"there is no token {id}");
            if (row.RevokedAt is null)
            {
                row.RevokedAt = clock.GetUtcNow();
                audit.Add(hub, actor, "token.revoke", id);
            }

            return Outcome<EnrollmentTokenView>.Of(ViewOf(row));
        }, cancel);

    private static string? Fault(CreateEnrollmentTokenRequest request)
    {
        if (request.Name is { Length: > LongestName })
            return $"name: at most {LongestName} characters";
        if (request.Capabilities is { } words && Capabilities.Fault(words) is { } unknown)
            return $"capabilities: {unknown}";
        if (request.Uses is < 1 or > MostUses)
            return $"uses: 1 to {MostUses}";
        return request.TtlSeconds is { } ttl && (ttl < Shortest.TotalSeconds || ttl > Longest.TotalSeconds)
            ? $"ttl_seconds: {Shortest.TotalSeconds:0} to {Longest.TotalSeconds:0} (168 h)"
            : null;
    }

    private async Task<IReadOnlyList<TokenAddress>?> AddressesAsync(CreateEnrollmentTokenRequest request, CancellationToken cancel)
    {
        if (request.Addresses is not { } texts)
            return await settings.PublicAddressAsync(cancel) is { } known ? [known] : [];
        List<TokenAddress> addresses = [];
        foreach (string text in texts)
        {
            if (!HostPort.TryParse(text, HubSettings.DefaultPort, out TokenAddress? address))
                return null;
            addresses.Add(address);
        }

        return addresses.Count <= MostAddresses ? addresses : null;
    }

    private EnrollmentTokenView ViewOf(EnrollmentTokenRow row) => new(
        row.Id, row.Name, row.Capabilities, row.Uses, row.UsesLeft, StateOf(row), row.CreatedAt, row.CreatedBy, row.ExpiresAt, row.RevokedAt);

    private string StateOf(EnrollmentTokenRow row) => row switch
    {
        { RevokedAt: not null } => "revoked",
        { UsesLeft: <= 0 } => "used",
        _ => row.ExpiresAt <= clock.GetUtcNow() ? "expired" : "open",
    };
}
