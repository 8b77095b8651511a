using System.CommandLine;

namespace Uptrakit.Qu.Commands;

/// <summary>The options of `qu check add` and `qu check edit`.</summary>
internal sealed class CheckFlags
{
    // Only against slips of the keyboard: the cluster has the real limits.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    private readonly Option<TimeSpan?> interval =
        Flags.Duration("--interval", "time between two probes (default 30s)", Longest);

    private readonly Option<TimeSpan?> timeout =
        Flags.Duration("--timeout", "when a probe counts as failed (default 10s, or the interval if that is shorter)", Longest);

    private readonly Option<string[]> alerts =
        Flags.List("--alerts", "a,b", "alerts to send, beside the default ones; ids or names");

    private readonly Option<string[]> suppress =
        Flags.List("--suppress-alerts", "a,b", "default alerts not to send; ids or names");

    private readonly Option<string[]> resolvers =
        Flags.List("--resolvers", "r1,r2", "DNS servers for this check, in fail-over order", QuFlags.FaultOfResolver);

    private readonly Option<int?> expect =
        Flags.Number("--expect", "status that counts as up (default any 2xx; 0 is any 2xx)", 0, 599);

    private readonly Option<string?> bodyMatch = Flags.Text("--body-match", "text", "text that the answer must contain");

    internal void AddTo(Verb verb, bool http)
    {
        if (http)
        {
            verb.Add(expect);
            verb.Add(bodyMatch);
        }
        verb.Add(interval);
        verb.Add(timeout);
        verb.Add(alerts);
        verb.Add(suppress);
        verb.Add(resolvers);
    }

    internal CheckEdits Read(ParseResult parsed) => new(
        Interval: parsed.Given(interval),
        Timeout: parsed.Given(timeout),
        Alerts: parsed.Given(alerts),
        SuppressAlerts: parsed.Given(suppress),
        Resolvers: parsed.Given(resolvers),
        ExpectStatus: parsed.Given(expect),
        BodyMatch: parsed.Given(bodyMatch));
}
