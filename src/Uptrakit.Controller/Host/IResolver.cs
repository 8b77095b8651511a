namespace Uptrakit.Controller.Host;

/// <summary>Knows what this host is called.</summary>
internal interface IResolver
{
    string HostName { get; }

    /// <summary>The host name with its domain.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">No server of names answered, or none knows it.</exception>
    Task<string> FullNameAsync(string host, CancellationToken cancel);
}
