namespace Uptrakit.Services.Options;

/// <summary>What an earlier run has left in the state folder, as far as the options depend on it.</summary>
/// <param name="HasAddress">It is known where the Controller is.</param>
/// <param name="HasBundle">There are anchors to verify it by.</param>
/// <param name="HasPin">The pin is there by which they came to be trusted.</param>
/// <param name="IsEnrolled">There is a certificate.</param>
internal sealed record StoredBefore(bool HasAddress, bool HasBundle, bool HasPin, bool IsEnrolled)
{
    public static StoredBefore Nothing { get; } = new(false, false, false, false);
}
