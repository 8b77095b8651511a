using Uptrakit.Controller.Authority;

namespace Uptrakit.Controller.Host;

/// <summary>What the HTTPS port shows: a leaf of our own CA, or the operator's. A new one counts from the next handshake on.</summary>
internal sealed class ServerCertificate : IDisposable
{
    private readonly OperatorPair? theirs;
    private readonly ServerLeafKeeper? ours;
    private readonly HostNames names;

    public ServerCertificate(
        ServeOptions options, HostNames names, AuthorityKeys keys, Issuer issuer, IAuthorityStore store, TimeProvider clock, ILoggerFactory loggers)
    {
        this.names = names;
        if (options.ServerFiles is { } files)
            theirs = new OperatorPair(files.Certificate, files.Key, clock, loggers.CreateLogger<OperatorPair>());
        else
            ours = new ServerLeafKeeper(options.StateFolder, keys, issuer, store, clock, loggers.CreateLogger<ServerLeafKeeper>());
    }

    public bool IsOperators => theirs is not null;

    /// <exception cref="InvalidOperationException">There is none yet.</exception>
    public ServerCredential Current =>
        (theirs?.Current ?? ours?.Current) ?? throw new InvalidOperationException("there is no server certificate yet");

    /// <summary>Looks whether another one is due. Null when the present one is fit; else why it stays.</summary>
    public async Task<string?> RefreshAsync(CancellationToken cancel)
    {
        if (theirs is not null)
            return theirs.Refresh();
        try
        {
            return names.Read(out ServerNames? wanted) ?? await ours!.RefreshAsync(wanted!, cancel);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            return broken.Message;
        }
    }

    public void Dispose() => ours?.Dispose();
}
