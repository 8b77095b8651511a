using Uptrakit.Contracts.Gateway;

namespace Uptrakit.Controller.Gateway;

/// <summary>What the operator of the host is told: what was wrong, and the way out.</summary>
internal static class EnrollWords
{
    public static string Of(EnrollFault fault) => fault switch
    {
        EnrollFault.TokenUnknown => "this Controller does not know the token: was it made by another one?",
        EnrollFault.TokenExpired => "the token has expired: make a new one",
        EnrollFault.TokenUsed => "the token was used up by others: make a new one, and look whether you know all Services that enrolled with it",
        EnrollFault.TokenRevoked => "the token was revoked: make a new one",
        EnrollFault.TokenOtherCapability => "the token is for other capabilities than this kind of Service needs: make one that names it",
        EnrollFault.Proof => "the proof of the token does not fit this connection: another server may stand between this host and the Controller, "
            + "or the token was cut",
        EnrollFault.Csr => "the Controller could not issue a certificate for this request; its log says more",
        EnrollFault.Rejected => "an operator rejected or revoked this key, or it has been used before: enroll again with a fresh one (--force-enroll)",
        EnrollFault.Closed => "the Controller takes no requests without a token now, or too many wait already: ask for a token",
        _ => "the Controller refused it",
    };
}
