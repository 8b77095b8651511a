using Microsoft.Extensions.Logging.Abstractions;
using Uptrakit.Contracts.Client;
using Uptrakit.Services.Bootstrap;
using Uptrakit.Services.Identity;
using Uptrakit.Services.Session;

namespace Uptrakit.Bench.Fleet;

/// <summary>Many simulated Services in this process, each with a connection, a certificate and a session of its own.</summary>
internal sealed class Crowd : IAsyncDisposable
{
    private const int AtOnce = 32;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> running = [];
    private readonly List<Member> members = [];

    public IReadOnlyList<Member> Members => members;

    public int Connected => members.Count(static member => member.Since != 0);

    /// <summary>How many came after that moment and are there now.</summary>
    public int ConnectedAfter(long timestamp) => members.Count(member => member.Since > timestamp);

    /// <summary>Lets more of them connect, some at a time, and waits until all of them are.</summary>
    public async Task AddAsync(Hub hub, Places places, IReadOnlyList<Recruit> recruits)
    {
        EstablishedTrust trust = await hub.TrustAsync();
        // Nothing is written there: neither the address nor the bundle changes.
        StateFolder folder = new(Path.Combine(places.Root, "nowhere"));
        Contact contact = new(new FirstContact(TimeProvider.System), new Backoff(Backoff.Random), TimeProvider.System, NullLogger.Instance);
        Member[] more = [.. recruits.Select(recruit => new Member(recruit.Stand(hub.Address, trust.Bundle), "a simulated one", folder, contact))];
        members.AddRange(more);
        await Parallel.ForEachAsync(more, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (member, cancel) =>
        {
            Task run = Task.Run(() => member.RunAsync(stop.Token), CancellationToken.None);
            lock (running)
                running.Add(run);
            await member.Entered.WaitAsync(Patience, cancel);
        });
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(running);
        foreach (Member member in members)
            member.Dispose();
        stop.Dispose();
    }
}
