namespace Uptrakit.Qu.Commands;

/// <summary>What works on this machine's own data folder, without a daemon behind a socket.</summary>
internal interface ILocalNode
{
    Task<int> InitAsync(InitOptions options, Terminal terminal, CancellationToken cancel);

    Task<int> JoinAsync(JoinOptions options, Terminal terminal, CancellationToken cancel);

    Task<int> ServeAsync(string? http, CancellationToken cancel);
}
