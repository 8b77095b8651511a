using System.Net;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks.Lookups;

/// <summary>A name is well when the name servers give the record that is asked for, or the code that is expected.</summary>
internal sealed class DnsProbe(TargetResolver resolver, HostServers hostServers, TimeProvider clock) : DeadlineProbe(clock)
{
    private readonly PlanBook<DnsPlan> plans = new(static check => new DnsPlan(check));
    private readonly DnsFailover failover = new(clock);

    protected override async ValueTask<Finding> LookAsync(Check check, CancellationToken cancel)
    {
        DnsPlan plan = plans.Of(check);
        if (plan.Fault is { } fault)
            return Finding.Bad(fault);

        TimeSpan limit = CheckTimes.Timeout(check);
        (IReadOnlyList<IPEndPoint> servers, string missing) = await ServersAsync(check, plan, limit, cancel);
        if (servers.Count == 0)
            return Finding.Bad(missing);
        (DnsReply? reply, string problem) = await failover.QueryAsync(plan.Question, plan.Code, servers, limit, cancel);
        return reply is null ? Finding.Bad(problem) : Judge(plan, reply);
    }

    // The check's resolvers, the cluster's, the one server that the check is about, this machine's: the first that are there.
    private async ValueTask<(IReadOnlyList<IPEndPoint> Servers, string Missing)> ServersAsync(
        Check check, DnsPlan plan, TimeSpan limit, CancellationToken cancel)
    {
        IReadOnlyList<string> configured = resolver.Configured(check.Resolvers);
        if (configured.Count > 0)
            return (TargetResolver.Servers(configured), "none of the configured resolvers is an address");
        if (plan.ResolverHost.Length == 0)
            return (hostServers.Now(), "this machine has no name server");

        Resolution found = await resolver.ResolveAsync(plan.ResolverHost, [], limit / 2, cancel);
        return found.Failure is { } failure
            ? ([], $"the resolver {plan.ResolverHost}: {failure}")
            : ([.. found.Addresses.Select(a => new IPEndPoint(a, plan.ResolverPort))], "");
    }

    private static Finding Judge(DnsPlan plan, DnsReply reply)
    {
        string code = DnsWords.Code(reply.Code);
        if (reply.Code != (plan.Code ?? DnsWords.NoError))
            return Finding.Bad($"{code}, expected {DnsWords.Code(plan.Code ?? DnsWords.NoError)}");

        string[] answers = [.. reply.Records.Where(r => r.Type == plan.Type).Select(r => r.Text)];
        string kind = plan.Type.ToString().ToUpperInvariant();
        if (plan.Expect.Length > 0)
        {
            return answers.FirstOrDefault(a => a.Contains(plan.Expect, StringComparison.OrdinalIgnoreCase)) is { } match
                ? Finding.Good($"{kind} {match}")
                : Finding.Bad(answers.Length == 0 ? $"{code}, no {kind} record" : $"{kind} {answers[0]}{More(answers)}, none holds the expected text");
        }

        if (answers.Length > 0)
            return Finding.Good($"{kind} {answers[0]}{More(answers)}");
        return plan.Code is null ? Finding.Bad($"{code}, no {kind} record") : Finding.Good(code);
    }

    private static string More(string[] answers) => answers.Length > 1 ? $" and {answers.Length - 1} more" : "";
}
