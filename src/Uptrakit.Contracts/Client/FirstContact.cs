using Uptrakit.Trust.Verification;

namespace Uptrakit.Contracts.Client;

/// <summary>Meets a Controller for the first time, and learns its bundle, without a secret.</summary>
/// <param name="clock">The time now.</param>
/// <remarks>
/// Source: tofu-and-tls-hardening, "Modes" and "Persistence semantics", in their safe reading. The bundle is public, so to find
/// the pinned hash in it proves nothing about who serves it: a man in the middle relays the genuine one in front of his own
/// certificate. Therefore: (1) a connection that nobody verified fetches the bundle; (2) only what the pin itself identifies is
/// kept of it; (3) that connection ends; (4) a new one is verified, with what was kept as the only anchor; (5) over that one
/// the bundle is fetched again, and must hold the pin. Only this second bundle is handed out.
/// </remarks>
public sealed class FirstContact(TimeProvider clock)
{
    /// <summary>Makes the contact.</summary>
    /// <param name="address">The Controller.</param>
    /// <param name="request">How.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The outcome.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was cancelled.</exception>
    public Task<ContactOutcome> EstablishAsync(ControllerAddress address, ContactRequest request, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(request);
        ContactAttempt attempt = new(clock, address, request, cancel);
        return request.Trust.Mode switch
        {
            TrustMode.System => attempt.BySystemAsync(),
            TrustMode.PinFingerprint => attempt.ByFingerprintAsync(request.Trust.Fingerprint!),
            TrustMode.PinSpki => attempt.ByKeyAsync(request.Trust.Spki!),
            _ when request.Acknowledged is { } acknowledged => attempt.ByAcknowledgementAsync(acknowledged),
            _ => attempt.ByNothingAsync(),
        };
    }
}
