using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd.Fleet;

/// <summary>The port of a watch node, as sslscan sees it.</summary>
[Collection(nameof(MemberCluster))]
public sealed class QuPortTests(SharedCluster shared) : ClusterTest(shared)
{
    [Fact]
    public async Task SslScan_OfANode_FindsTls13Only()
    {
        Assert.SkipUnless(SslScan.IsAvailable, "sslscan is not installed");
        SslScan scan = await SslScan.OfAsync(Leader.Advertise, Cancel);
        Assert.Equal(["TLSv1.3"], scan.Versions);
        Assert.All(scan.Ciphers, static cipher => Assert.StartsWith("TLS_", cipher.Name, StringComparison.Ordinal));
    }
}
