using System.Net.Sockets;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks;

/// <summary>A TCP target is well when it takes a connection.</summary>
internal sealed class TcpProbe(TargetResolver resolver, AddressRace race, TimeProvider clock) : DeadlineProbe(clock)
{
    protected override async ValueTask<Finding> LookAsync(Check check, CancellationToken cancel)
    {
        if (!HostPort.TryParse(check.Target, out string host, out int port))
            return Finding.Bad("the target is not host:port");

        Resolution found = await resolver.ResolveAsync(host, check.Resolvers, CheckTimes.Timeout(check), cancel);
        if (found.Failure is { } failure)
            return Finding.Bad(failure);

        using Socket connected = await race.ConnectAsync(found.Addresses, port, cancel);
        return Finding.Good("connected");
    }
}
