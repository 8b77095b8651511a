using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Uptrakit.Controller.Storage;

namespace Uptrakit.Controller.Users;

/// <summary>Users in the database. Recovery codes are stored as hashes: who reads the database redeems nothing.</summary>
internal sealed class HubUserStore(HubContext hub, IdentityErrorDescriber words) : UserStore<HubUser, IdentityRole, HubContext>(hub, words)
{
    public override Task ReplaceCodesAsync(HubUser user, IEnumerable<string> recoveryCodes, CancellationToken cancellationToken) =>
        base.ReplaceCodesAsync(user, recoveryCodes.Select(Hash), cancellationToken);

    public override Task<bool> RedeemCodeAsync(HubUser user, string code, CancellationToken cancellationToken) =>
        base.RedeemCodeAsync(user, Hash(code), cancellationToken);

    // A code has 80 random bits, so nothing slower than one SHA-256 is needed.
    private static string Hash(string code) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(RecoveryCode.Normal(code))));
}
