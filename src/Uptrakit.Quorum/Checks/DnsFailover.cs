using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using DnsClient;
using DnsClient.Protocol;

namespace Uptrakit.Quorum.Checks;

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

    // Servers are named with each question; the address here is never asked.
    private readonly LookupClient client = new(new LookupClientOptions(IPAddress.Loopback)
    {
        AutoResolveNameServers = false,
        UseCache = false,
    });

    private readonly ConcurrentDictionary<IPEndPoint, long> benched = new();

    /// <param name="budget">How long all of it may take; a server gets its share, at most 2 s.</param>
    internal async ValueTask<Resolution> ResolveAsync(
        string host, IReadOnlyList<IPEndPoint> servers, TimeSpan budget, CancellationToken cancel)
    {
        TimeSpan share = budget / (servers.Count + 1);
        TimeSpan patience = share < s_patience ? share : s_patience;
        string last = "no name server answered";
        foreach (IPEndPoint server in servers.OrderBy(IsBenched))
        {
            (Resolution? answer, string problem) = await AskAsync(server, host, patience, cancel);
            if (answer is not null)
            {
                benched.TryRemove(server, out _);
                return answer;
            }

            last = $"name server {server}: {problem}";
            Bench(server);
        }

        return Resolution.Failed(last);
    }

    private bool IsBenched(IPEndPoint server) =>
        benched.TryGetValue(server, out long since) && clock.GetElapsedTime(since) < s_bench;

    private void Bench(IPEndPoint server)
    {
        if (benched.Count >= BenchLimit)
            benched.Clear();
        benched[server] = clock.GetTimestamp();
    }

    private async Task<(Resolution? Answer, string Problem)> AskAsync(
        IPEndPoint server, string host, TimeSpan patience, CancellationToken cancel)
    {
        using Deadline deadline = new(patience, clock, cancel);
        List<Task<Answer>> questions = [QueryAsync(server, host, QueryType.A, patience, deadline.Token)];
        if (Socket.OSSupportsIPv6)
            questions.Add(QueryAsync(server, host, QueryType.AAAA, patience, deadline.Token));

        List<Answer> answers = [];
        while (questions.Count > 0)
        {
            Task<Answer> done = await Task.WhenAny(questions);
            questions.Remove(done);
            Answer answer = await done;
            answers.Add(answer);
            if (answer.Addresses.Count > 0)
                deadline.CancelAfter(s_otherFamily);
        }

        cancel.ThrowIfCancellationRequested();
        return Judge(answers);
    }

    private static (Resolution? Answer, string Problem) Judge(List<Answer> answers)
    {
        IPAddress[] all = [.. answers.SelectMany(a => a.Addresses)];
        if (all.Length > 0)
            return (Resolution.Of(all), "");
        if (answers.Any(a => a.NoSuchName))
            return (Resolution.Failed("no such name"), "");
        // One family empty and the other one failed is not yet an answer: another server may know the other family.
        return answers.FirstOrDefault(a => a.Problem is not null) is { Problem: { } problem }
            ? (null, problem)
            : (Resolution.Of(all), "");
    }

    private async Task<Answer> QueryAsync(
        IPEndPoint server, string host, QueryType type, TimeSpan patience, CancellationToken cancel)
    {
        // The client reads its time-out as whole milliseconds, and it is only the second guard: the token is the first.
        DnsQueryOptions options = new()
        {
            Timeout = patience + TimeSpan.FromSeconds(1),
            Retries = 0,
            UseCache = false,
            ThrowDnsErrors = false,
            ContinueOnDnsError = false,
            ContinueOnEmptyResponse = false,
        };
        try
        {
            NameServer[] one = [new NameServer(server)];
            IDnsQueryResponse response = await client.QueryServerAsync(one, new DnsQuestion(host, type), options, cancel);
            return Read(response);
        }
        catch (DnsResponseException broken)
        {
            return new Answer([], false, broken.Code == DnsResponseCode.ConnectionTimeout ? "no answer" : "broken answer");
        }
        catch (OperationCanceledException)
        {
            return new Answer([], false, "no answer");
        }
        catch (SocketException refused)
        {
            return new Answer([], false, refused.Message);
        }
        catch (ArgumentException)
        {
            return new Answer([], true, null);
        }
    }

    private static Answer Read(IDnsQueryResponse response) => response.Header.ResponseCode switch
    {
        DnsHeaderResponseCode.NoError => new Answer([.. response.Answers.OfType<AddressRecord>().Select(r => r.Address)], false, null),
        DnsHeaderResponseCode.NotExistentDomain => new Answer([], true, null),
        DnsHeaderResponseCode.Refused => new Answer([], false, "REFUSED"),
        DnsHeaderResponseCode.ServerFailure => new Answer([], false, "SERVFAIL"),
        DnsHeaderResponseCode other => new Answer([], false, $"answered with code {(int)other}"),
    };

    private sealed record Answer(IReadOnlyList<IPAddress> Addresses, bool NoSuchName, string? Problem);
}
