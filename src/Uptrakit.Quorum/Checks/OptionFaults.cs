using Uptrakit.Quorum.Checks.Lookups;
using Uptrakit.Quorum.Checks.Tls;
using Uptrakit.Quorum.Checks.Web;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks;

/// <summary>Says what makes a check impossible to probe, before anybody probes it.</summary>
internal static class OptionFaults
{
    /// <summary>Null, or one sentence: what is wrong and what is allowed. The same one is a probe's answer to such a check.</summary>
    internal static string? Of(Check check) => check.Type switch
    {
        CheckType.Http => new HttpPlan(check).Fault,
        CheckType.Tcp => new TcpPlan(check).Fault,
        CheckType.Tls => new TlsPlan(check).Fault,
        CheckType.Dns => new DnsPlan(check).Fault,
        CheckType.Icmp => HostPort.TryParseAddress(check.Target, out _) || HostPort.TryParseHost(check.Target, out _)
            ? null
            : "the target is not a host name or an address",
        _ => null,
    };
}
