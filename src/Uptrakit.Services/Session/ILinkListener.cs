using Uptrakit.Contracts.Gateway;

namespace Uptrakit.Services.Session;

/// <summary>Told what comes over a connection, in order, one at a time.</summary>
internal interface ILinkListener
{
    /// <summary>The Controller has taken the connection.</summary>
    Task WelcomedAsync(GatewayLink link, Welcome welcome, CancellationToken cancel);

    /// <summary>The Controller's anchors are now these.</summary>
    Task BundleAsync(GatewayLink link, Bundle bundle, CancellationToken cancel);

    /// <summary>The Controller wants this Service to have a new certificate.</summary>
    void RenewalAsked();
}
