using Uptrakit.Qu.Commands;

namespace Uptrakit.Tests.Commands;

/// <summary>Keeps what it was asked to do on this machine.</summary>
internal sealed class FakeNode : ILocalNode
{
    internal InitOptions? Init { get; private set; }

    internal JoinOptions? Join { get; private set; }

    internal bool Served { get; private set; }

    public Task<int> InitAsync(InitOptions options, Terminal terminal, CancellationToken cancel)
    {
        Init = options;
        return Task.FromResult(0);
    }

    public Task<int> JoinAsync(JoinOptions options, Terminal terminal, CancellationToken cancel)
    {
        Join = options;
        return Task.FromResult(0);
    }

    public Task<int> ServeAsync(string? http, CancellationToken cancel)
    {
        Served = true;
        return Task.FromResult(0);
    }
}
