using System.Net.Sockets;
using System.Text;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks;

/// <summary>A TCP target is well when it takes a connection, and says what it should where the check asks for that.</summary>
internal sealed class TcpProbe(TargetResolver resolver, AddressRace race, TimeProvider clock) : DeadlineProbe(clock)
{
    private readonly PlanBook<TcpPlan> plans = new(static check => new TcpPlan(check));

    protected override async ValueTask<Finding> LookAsync(Check check, CancellationToken cancel)
    {
        TcpPlan plan = plans.Of(check);
        if (plan.Fault is { } fault)
            return Finding.Bad(fault);

        Resolution found = await resolver.ResolveAsync(plan.Host, check.Resolvers, CheckTimes.Timeout(check), cancel);
        if (found.Failure is { } failure)
            return Finding.Bad(failure);

        using Socket connected = await race.ConnectAsync(found.Addresses, plan.Port, cancel);
        if (plan.Send.Length == 0 && plan.Expect.Length == 0)
            return Finding.Good("connected");

        await using NetworkStream stream = new(connected, ownsSocket: false);
        await stream.WriteAsync(plan.Send, cancel);
        if (plan.Expect.Length == 0)
            return Finding.Good("connected, sent");
        return await BodySearch.ContainsAsync(stream, plan.Expect, cancel)
            ? Finding.Good("connected, the answer holds the expected text")
            : Finding.Bad("connected, but the answer does not hold the expected text");
    }
}

/// <summary>What can be worked out from a tcp check before it is probed.</summary>
internal sealed class TcpPlan
{
    private const int Limit = 4096;

    internal TcpPlan(Check check)
    {
        TcpOptions options = check.Tcp ?? new TcpOptions();
        Expect = Encoding.UTF8.GetBytes(options.Expect);
        bool hasPlace = HostPort.TryParse(check.Target, out string host, out int port);
        (Host, Port) = (host, port);
        bool readable = Escapes.TryParse(options.Send, out byte[] send, out string fault);
        Send = send;
        Fault = !hasPlace ? "the target is not host:port"
            : !readable ? $"send: {fault}"
            : send.Length > Limit || Expect.Length > Limit ? $"send and expect have at most {Limit} bytes"
            : null;
    }

    internal string? Fault { get; }

    internal string Host { get; }

    internal int Port { get; }

    internal byte[] Send { get; }

    internal byte[] Expect { get; }
}
