using Microsoft.EntityFrameworkCore;
using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Settings;
using Uptrakit.Controller.Storage;

namespace Uptrakit.Controller.Users;

/// <summary>Makes, lists, revokes and recognizes API tokens.</summary>
internal sealed class ApiTokens(HubStore store, AuditLog audit, TimeProvider clock)
{
    public const int LongestName = 100;

    /// <summary>How many one user may have: a script in a loop must not fill the database.</summary>
    public const int MostPerUser = 200;

    // When it was last used is for people; each call need not write.
    private static readonly TimeSpan Coarse = TimeSpan.FromMinutes(5);

    public static string? Fault(string? name, long? ttlSeconds)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > LongestName || name.Any(char.IsControl))
            return $"A token has a name of 1 to {LongestName} characters that says what it is for.";
        return ttlSeconds is < 60 or > 10L * 366 * 86_400 ? "A token lasts from one minute to ten years." : null;
    }

    /// <summary>Null when the user has too many already.</summary>
    public Task<CreatedApiToken?> CreateAsync(Owner owner, string name, TimeSpan? ttl, string actor, CancellationToken cancel)
    {
        ApiToken token = ApiToken.New();
        DateTimeOffset now = clock.GetUtcNow();
        ApiTokenRow row = new()
        {
            Id = token.Id,
            UserId = owner.UserId,
            Name = name.Trim(),
            Hash = token.Hash,
            CreatedAt = now,
            ExpiresAt = now + ttl,
        };
        return store.WriteAsync<CreatedApiToken?>(async hub =>
        {
            if (await hub.Set<ApiTokenRow>().CountAsync(other => other.UserId == owner.UserId, cancel) >= MostPerUser)
                return null;
            hub.Add(row);
            audit.Add(hub, actor, "api-token.create", $"{row.Id} ({row.Name})", $"for {owner.Name}");
            return new CreatedApiToken(token.Reveal(), View(row, owner.Name));
        }, cancel);
    }

    /// <summary>Those of the user, and those that were made on the host for nobody.</summary>
    public Task<IReadOnlyList<ApiTokenView>> ListAsync(string? userId, CancellationToken cancel) =>
        store.ReadAsync<IReadOnlyList<ApiTokenView>>(async hub =>
        {
            List<ApiTokenRow> rows = await hub.Set<ApiTokenRow>().Include(row => row.User)
                .Where(row => row.UserId == userId || row.UserId == null)
                .OrderByDescending(row => row.CreatedAt).ToListAsync(cancel);
            return [.. rows.Select(row => View(row, row.User?.UserName ?? Owner.Host.Name))];
        }, cancel);

    /// <summary>False when the user has none with that id.</summary>
    public Task<bool> RevokeAsync(string? userId, string id, string actor, CancellationToken cancel) =>
        store.WriteAsync(async hub =>
        {
            ApiTokenRow? row = await hub.Set<ApiTokenRow>()
                .SingleOrDefaultAsync(row => row.Id == id && (row.UserId == userId || row.UserId == null), cancel);
            if (row is null)
                return false;
            hub.Remove(row);
            audit.Add(hub, actor, "api-token.revoke", $"{row.Id} ({row.Name})");
            return true;
        }, cancel);

    /// <summary>The token that the text is, or null: unknown, revoked, ended, or with another secret.</summary>
    public async Task<ApiTokenRow?> RecognizeAsync(ReadOnlyMemory<char> text, CancellationToken cancel)
    {
        if (!ApiToken.TryParse(text.Span, out ApiToken? token))
            return null;
        ApiTokenRow? row = await store.ReadAsync(hub => hub.Set<ApiTokenRow>().Include(row => row.User)
            .SingleOrDefaultAsync(row => row.Id == token.Id, cancel), cancel);
        DateTimeOffset now = clock.GetUtcNow();
        if (row is null || !token.Fits(row.Hash) || row.ExpiresAt <= now)
            return null;
        if (row.LastUsedAt is null || now - row.LastUsedAt > Coarse)
            await store.WriteAsync(hub => hub.Set<ApiTokenRow>().Where(used => used.Id == row.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(used => used.LastUsedAt, now), cancel), cancel);
        return row;
    }

    private static ApiTokenView View(ApiTokenRow row, string owner) =>
        new(row.Id, row.Name, owner, row.CreatedAt, row.ExpiresAt, row.LastUsedAt);

    /// <summary>Whose a token is.</summary>
    internal sealed record Owner(string? UserId, string Name)
    {
        /// <summary>Made on the host, for no user.</summary>
        public static Owner Host { get; } = new(null, "host");

        public static Owner Of(HubUser user) => new(user.Id, user.UserName ?? user.Id);
    }
}
