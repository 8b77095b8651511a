using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Authority;

namespace Uptrakit.Controller.Settings;

/// <summary>The steps of a rotation by the names that operators use.</summary>
internal static class RotationSteps
{
    /// <summary>The step that is asked for, or whatever comes next; null for one that there is not.</summary>
    public static RotationStep? Find(RotateCaRequest request, RotationStatus status)
    {
        bool isRoot = request.Kind == "root";
        if (!isRoot && request.Kind != "issuing")
            return null;
        return (isRoot, request.Step ?? NextAfter(isRoot ? status.Root : status.Issuing, isRoot)) switch
        {
            (false, "prepare") => RotationStep.PrepareIssuing,
            (false, "activate") => RotationStep.ActivateIssuing,
            (false, "retire") => RotationStep.RetireIssuing,
            (true, "prepare") => RotationStep.PrepareRoot,
            (true, "distribute") => RotationStep.DistributeRoot,
            (true, "activate") => RotationStep.ActivateRoot,
            (true, "retire") => RotationStep.RetireRoot,
            (_, "abandon") => RotationStep.Abandon,
            _ => null,
        };
    }

    public static string NextAfter(RotationPhase phase, bool isRoot) => phase switch
    {
        RotationPhase.AtRest => "prepare",
        RotationPhase.Prepared => isRoot ? "distribute" : "activate",
        RotationPhase.Distributing => "activate",
        _ => "retire",
    };

    public static string NameOf(RotationPhase phase) => phase switch
    {
        RotationPhase.Prepared => "prepared",
        RotationPhase.Distributing => "distributing",
        _ => "active",
    };
}
