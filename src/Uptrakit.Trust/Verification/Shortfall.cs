using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Trust.Verification;

/// <summary>Of many refusals on the way to an anchor, the one that came nearest: it is what an operator can act on.</summary>
internal sealed class Shortfall
{
    public const int AtIntermediate = 1;
    public const int AtAnchor = 2;
    public const int AtSignature = 3;
    public const int AtEffort = 4;

    private ServerRefusal refusal = ServerRefusal.UnknownIssuer;
    private X509Certificate2? offender;
    private int reached;

    public ServerVerdict Verdict => ServerVerdict.Refuse(refusal, offender);

    public void Note(ServerRefusal why, X509Certificate2? who, int how)
    {
        if (how <= reached)
            return;
        refusal = why;
        offender = who;
        reached = how;
    }
}
