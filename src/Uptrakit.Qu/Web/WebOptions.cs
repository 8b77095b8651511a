using System.Net;
using System.Net.Security;

namespace Uptrakit.Qu.Web;

/// <summary>What the operator says of the page. Nothing is served unless there is a place to listen.</summary>
internal sealed record WebOptions
{
    public required IPEndPoint Listen { get; init; }

    /// <summary>Asked for each handshake, so that a rotated key or a renewed certificate is in force at once; null: plain HTTP.</summary>
    public Func<SslStreamCertificateContext>? Certificate { get; init; }

    public string Title { get; init; } = "Status";

    /// <summary>Where readers reach the page: needed in feeds. Null: as the request says.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Null: there is no operator's view.</summary>
    public OperatorToken? Token { get; init; }

    /// <summary>Metrics name every check, also the hidden ones: without this they need the operator's token.</summary>
    public bool PublicMetrics { get; init; }
}
