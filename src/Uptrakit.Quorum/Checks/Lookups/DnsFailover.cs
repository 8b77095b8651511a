using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Uptrakit.Quorum.Checks.Lookups;

/// <summary>Asks configured name servers in their order until one gives an answer that counts.</summary>
/// <remarks>
/// Silence, SERVFAIL, REFUSED and any other error go on to the next server; NXDOMAIN and an empty answer are answers. A
/// server that failed is asked last for half a minute, so that a dead first one does not slow down every probe.
/// </remarks>
internal sealed class DnsFailover(TimeProvider clock)
{
    private const int BenchLimit = 256;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_bench = TimeSpan.FromSeconds(30);

    // RFC 8305, 3: when one family has answered, the other gets this much longer.
    private static readonly TimeSpan s_otherFamily = TimeSpan.FromMilliseconds(50);

    private readonly DnsAsker asker = new(clock);
    private readonly ConcurrentDictionary<IPEndPoint, long> benched = new();

    private delegate ValueTask<(T? Answer, string Problem)> Asking<T>(IPEndPoint server, TimeSpan patience, CancellationToken cancel)
        where T : class;

    /// <summary>The addresses of a name.</summary>
    /// <param name="budget">How long all of it may take; a server gets its share, at most 2 s.</param>
    internal async ValueTask<Resolution> ResolveAsync(
        string host, IReadOnlyList<IPEndPoint> servers, TimeSpan budget, CancellationToken cancel)
    {
        if (DnsMessage.Question(host, DnsType.A) is not { } a || DnsMessage.Question(host, DnsType.Aaaa) is not { } aaaa)
            return Resolution.Failed("it is not a host name");
        (Resolution? found, string problem) = await FirstAsync<Resolution>(
            (server, patience, token) => BothAsync(server, a, aaaa, patience, token), servers, budget, cancel);
        return found ?? Resolution.Failed(problem);
    }

    /// <summary>The answer to one question.</summary>
    /// <param name="accepted">A code that is an answer here although it is an error elsewhere.</param>
    /// <returns>Without an answer, why there is none, with the server's address in front.</returns>
    internal ValueTask<(DnsReply? Reply, string Problem)> QueryAsync(
        byte[] question, int? accepted, IReadOnlyList<IPEndPoint> servers, TimeSpan budget, CancellationToken cancel) =>
        FirstAsync<DnsReply>(
            async (server, patience, token) =>
            {
                (DnsReply? reply, string problem) = await asker.AskAsync(server, question, patience, token);
                return reply is null || Counts(reply.Code) || reply.Code == accepted ? (reply, problem) : (null, DnsWords.Code(reply.Code));
            },
            servers, budget, cancel);

    private async ValueTask<(T? Answer, string Problem)> FirstAsync<T>(
        Asking<T> ask, IReadOnlyList<IPEndPoint> servers, TimeSpan budget, CancellationToken cancel)
        where T : class
    {
        TimeSpan share = budget / (servers.Count + 1);
        TimeSpan patience = share < s_patience ? share : s_patience;
        string last = "no name server answered";
        foreach (IPEndPoint server in servers.OrderBy(IsBenched))
        {
            (T? answer, string problem) = await ask(server, patience, cancel);
            if (answer is not null)
            {
                benched.TryRemove(server, out _);
                return (answer, "");
            }

            last = $"name server {server}: {problem}";
            Bench(server);
        }

        return (null, last);
    }

    private static bool Counts(int code) => code is DnsWords.NoError or DnsWords.NoSuchName;

    private bool IsBenched(IPEndPoint server) =>
        benched.TryGetValue(server, out long since) && clock.GetElapsedTime(since) < s_bench;

    private void Bench(IPEndPoint server)
    {
        if (benched.Count >= BenchLimit)
            benched.Clear();
        benched[server] = clock.GetTimestamp();
    }

    private async ValueTask<(Resolution? Answer, string Problem)> BothAsync(
        IPEndPoint server, byte[] a, byte[] aaaa, TimeSpan patience, CancellationToken cancel)
    {
        using Deadline deadline = new(patience, clock, cancel);
        List<Task<(DnsReply? Reply, string Problem)>> questions = [QueryAsync(server, a, patience, deadline.Token)];
        if (Socket.OSSupportsIPv6)
            questions.Add(QueryAsync(server, aaaa, patience, deadline.Token));

        List<(DnsReply? Reply, string Problem)> answers = [];
        while (questions.Count > 0)
        {
            Task<(DnsReply? Reply, string Problem)> done = await Task.WhenAny(questions);
            questions.Remove(done);
            (DnsReply? Reply, string Problem) answer = await done;
            answers.Add(answer);
            if (AddressesOf(answer.Reply).Any())
                deadline.CancelAfter(s_otherFamily);
        }

        cancel.ThrowIfCancellationRequested();
        return Judge(answers);
    }

    private async Task<(DnsReply? Reply, string Problem)> QueryAsync(
        IPEndPoint server, byte[] question, TimeSpan patience, CancellationToken cancel)
    {
        try
        {
            return await asker.AskAsync(server, question, patience, cancel);
        }
        catch (OperationCanceledException)
        {
            return (null, "no answer");
        }
    }

    private static (Resolution? Answer, string Problem) Judge(List<(DnsReply? Reply, string Problem)> answers)
    {
        IPAddress[] all = [.. answers.SelectMany(a => AddressesOf(a.Reply))];
        if (all.Length > 0)
            return (Resolution.Of(all), "");
        if (answers.Any(a => a.Reply is { Code: DnsWords.NoSuchName }))
            return (Resolution.Failed("no such name"), "");
        // One family empty and the other one failed is not yet an answer: another server may know the other family.
        foreach ((DnsReply? reply, string problem) in answers)
        {
            if (reply is null)
                return (null, problem);
            if (!Counts(reply.Code))
                return (null, DnsWords.Code(reply.Code));
        }

        return (Resolution.Of(all), "");
    }

    private static IEnumerable<IPAddress> AddressesOf(DnsReply? reply) =>
        reply is null ? [] : reply.Records.Select(r => r.Address).OfType<IPAddress>();
}
