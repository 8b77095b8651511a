using System.Net;
using DotNext.Buffers;
using DotNext.IO;
using DotNext.Net;
using DotNext.Net.Cluster.Consensus.Raft.Membership;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Quorum.Consensus;

/// <summary>Who votes, on disk. The engine writes it when a change of membership is committed.</summary>
internal sealed class VoterStorage(string file) : PersistentClusterConfigurationStorage<EndPoint>(file)
{
    private readonly string file = file;

    protected override void Encode(EndPoint address, ref BufferWriterSlim<byte> output) => output.WriteEndPoint(address);

    protected override EndPoint Decode(ref SequenceReader reader) => reader.ReadEndPoint();

    /// <summary>First start of the founder: it is the only voter.</summary>
    public async Task FoundAsync(NodeId founder, CancellationToken cancel)
    {
        if (File.Exists(file))
            return;
        IClusterConfigurationStorage<EndPoint> storage = this;
        IClusterConfiguration<EndPoint> nobody = await storage.LoadConfigurationAsync(cancel).ConfigureAwait(false);
        await storage.SaveConfigurationAsync(nobody.Add(MemberAddress.Of(founder)), configurationVersion: 0, cancel).ConfigureAwait(false);
    }
}
