using Uptrakit.Trust.Verification;

namespace Uptrakit.Cli.Connection;

/// <summary>A server that was refused, with the safe next step. Never an observed fingerprint: it would be pasted.</summary>
internal static class TrustFaults
{
    internal static ApiFault Of(Target target, ServerVerdict refusal) =>
        new(ExitCode.TrustRefused, $"{target.Name} is refused: {refusal.Message}", Hint(target, refusal.Refusal));

    private static string Hint(Target target, ServerRefusal refusal) => refusal switch
    {
        ServerRefusal.UnknownIssuer or ServerRefusal.NoAnchor or ServerRefusal.BadSignature or ServerRefusal.SelfSigned =>
            target.Trust is TargetTrust.StoredCa
                ? "if its authority was replaced, compare the fingerprint in the Dashboard's Global Settings, then run "
                    + "'uptrakit auth ca trust' or, for a public certificate, 'uptrakit auth ca forget'"
                : "for a Controller with an authority of its own run 'uptrakit auth login --tofu'",
        _ => $"'uptrakit trust explain --server {target.Name}' says more",
    };
}
