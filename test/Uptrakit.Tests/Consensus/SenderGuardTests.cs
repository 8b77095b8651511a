using System.Net.Security;
using System.Net.Sockets;
using DotNext.Net.Cluster;
using Uptrakit.Quorum.Consensus;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;

namespace Uptrakit.Tests.Consensus;

/// <summary>Guard 6: what a voter with a pinned key may say over its connection, byte by byte, to a real engine.</summary>
public sealed class SenderGuardTests(SenderGuardTests.Three three) : IClassFixture<SenderGuardTests.Three>
{
    private const byte Vote = 1;
    private const byte AppendEntries = 4;
    private const byte PreVote = 7;
    private const long HigherTerm = 1000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Vote)]
    [InlineData(PreVote)]
    [InlineData(AppendEntries)]
    public async Task Message_InAnotherVotersName_EndsTheConnectionAndChangesNothing(byte type)
    {
        TestEngineCluster cluster = three.Cluster;
        (TestEngineNode victim, TestEngineNode attacker) = await CastAsync(cluster);
        NodeId claimed = cluster.Nodes.Single(n => n != victim && n != attacker).Id;
        long term = victim.Engine.Term;
        int told = Mismatches(victim);

        await using SslStream line = await DialAsync(attacker, victim);
        await line.WriteAsync(Message(type, claimed, HigherTerm), Cancel);

        Assert.Equal(0, await AnswerAsync(line));
        Assert.Equal(term, victim.Engine.Term);
        Assert.Equal(told + 1, Mismatches(victim));
        await cluster.AddCheckAsync($"after-{type}");
    }

    [Fact]
    public async Task Message_InItsOwnName_IsAnswered()
    {
        TestEngineCluster cluster = three.Cluster;
        (TestEngineNode victim, TestEngineNode attacker) = await CastAsync(cluster);
        await using SslStream line = await DialAsync(attacker, victim);
        await line.WriteAsync(Message(PreVote, attacker.Id, 0), Cancel);
        Assert.NotEqual(0, await AnswerAsync(line));
    }

    [Fact]
    public async Task Header_ThatArrivesByteByByte_IsJudgedAsAWhole()
    {
        TestEngineCluster cluster = three.Cluster;
        (TestEngineNode victim, TestEngineNode attacker) = await CastAsync(cluster);
        NodeId claimed = cluster.Nodes.Single(n => n != victim && n != attacker).Id;
        long term = victim.Engine.Term;

        await using SslStream honest = await DialAsync(attacker, victim);
        await DripAsync(honest, Message(PreVote, attacker.Id, 0));
        Assert.NotEqual(0, await AnswerAsync(honest));

        await using SslStream forged = await DialAsync(attacker, victim);
        await DripAsync(forged, Message(Vote, claimed, HigherTerm));
        Assert.Equal(0, await AnswerAsync(forged));
        Assert.Equal(term, victim.Engine.Term);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)] // resign
    [InlineData(3)]
    [InlineData(5)] // install a snapshot
    [InlineData(6)] // metadata
    [InlineData(8)] // configuration
    [InlineData(9)] // synchronize
    [InlineData(255)]
    public async Task Message_OfAnyOtherKind_EndsTheConnection(byte type)
    {
        TestEngineCluster cluster = three.Cluster;
        (TestEngineNode victim, TestEngineNode attacker) = await CastAsync(cluster);
        foreach (TestEngineNode target in (TestEngineNode[])[victim, await cluster.LeaderAsync()])
        {
            int told = Mismatches(target);
            await using SslStream line = await DialAsync(attacker, target);
            await line.WriteAsync(Message(type, attacker.Id, HigherTerm), Cancel);
            Assert.Equal(0, await AnswerAsync(line));
            Assert.Equal(told + 1, Mismatches(target));
        }

        await cluster.AddCheckAsync($"after-{type}");
    }

    [Fact]
    public async Task SecondMessage_InAnotherVotersName_IsNeverHeard()
    {
        TestEngineCluster cluster = three.Cluster;
        (TestEngineNode victim, TestEngineNode attacker) = await CastAsync(cluster);
        NodeId claimed = cluster.Nodes.Single(n => n != victim && n != attacker).Id;
        long term = victim.Engine.Term;
        byte[] honest = Message(PreVote, attacker.Id, 0);
        byte[] forged = Message(Vote, claimed, HigherTerm);

        // In one flight with the first.
        await using SslStream pipelined = await DialAsync(attacker, victim);
        await pipelined.WriteAsync((byte[])[.. honest, .. forged], Cancel);
        Assert.NotEqual(0, await AnswerAsync(pipelined));

        // The start of the second with the first, so that what follows begins in the middle of a message.
        await using SslStream split = await DialAsync(attacker, victim);
        await split.WriteAsync((byte[])[.. honest, .. forged[..1]], Cancel);
        Assert.NotEqual(0, await AnswerAsync(split));
        await split.WriteAsync(forged.AsMemory(1), Cancel);
        Assert.Equal(0, await AnswerAsync(split));

        // After the answer to the first.
        await using SslStream later = await DialAsync(attacker, victim);
        await later.WriteAsync(honest, Cancel);
        Assert.NotEqual(0, await AnswerAsync(later));
        await later.WriteAsync(forged, Cancel);
        Assert.Equal(0, await AnswerAsync(later));

        Assert.Equal(term, victim.Engine.Term);
    }

    [Fact]
    public async Task Connection_OfAKeyThatIsNotPinned_IsEnded()
    {
        TestEngineCluster cluster = three.Cluster;
        (TestEngineNode victim, TestEngineNode known) = await CastAsync(cluster);
        long term = victim.Engine.Term;
        using NodeIdentity stranger = NodeIdentity.Create(known.Id, KeyType.EcdsaP256, TimeProvider.System);
        await using SslStream line = await DialAsync(stranger, victim);
        try
        {
            await line.WriteAsync(Message(Vote, known.Id, HigherTerm), Cancel);
        }
        catch (IOException)
        {
            // Ended before it could say a word.
        }

        Assert.Equal(0, await AnswerAsync(line));
        Assert.Equal(term, victim.Engine.Term);
    }

    private static int Mismatches(TestEngineNode node) => node.Log.Lines.Count(static l => l.Id.Id == 1201);

    private static async Task<(TestEngineNode Victim, TestEngineNode Attacker)> CastAsync(TestEngineCluster cluster)
    {
        TestEngineNode leader = await cluster.LeaderAsync();
        TestEngineNode[] followers = [.. cluster.Nodes.Where(n => n != leader)];
        await TestEngineCluster.UntilAsync(() => followers.All(f => f.Engine.Leader == leader.Id));
        return (followers[0], followers[1]);
    }

    private static Task<SslStream> DialAsync(TestEngineNode from, TestEngineNode to) => DialAsync(from.Identity, to);

    private static async Task<SslStream> DialAsync(NodeIdentity from, TestEngineNode to)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", to.Port, Cancel);
        SslStream stream = new(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(PeerTls.ClientOptions(PeerTls.ContextOf(from), PeerProtocol.Engine, static leaf => leaf is not null), Cancel);
        return stream;
    }

    /// <summary>The form of all three: type, sender, term, and for the rest zeroes, as many as the longest has.</summary>
    private static byte[] Message(byte type, NodeId sender, long term)
    {
        int rest = type == AppendEntries ? 8 + 8 + 8 + 4 + 4 : 8 + 8 + 4;
        byte[] message = new byte[1 + ClusterMemberId.Size + sizeof(long) + rest];
        message[0] = type;
        ClusterMemberId.FromEndPoint(MemberAddress.Of(sender)).Format(message.AsSpan(1));
        BitConverter.TryWriteBytes(message.AsSpan(1 + ClusterMemberId.Size), term);
        return message;
    }

    private static async Task DripAsync(SslStream line, byte[] message)
    {
        foreach (byte one in message)
        {
            await line.WriteAsync((byte[])[one], Cancel);
            await line.FlushAsync(Cancel);
        }
    }

    /// <summary>Zero: the connection was ended.</summary>
    private static async Task<int> AnswerAsync(SslStream line)
    {
        try
        {
            return await line.ReadAsync(new byte[256], Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Three voters; nobody stands for election while a test looks at the term.</summary>
    public sealed class Three : IAsyncLifetime
    {
        internal TestEngineCluster Cluster { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Cluster = await TestEngineCluster.OfAsync(3, TimeSpan.FromSeconds(5));

        public ValueTask DisposeAsync() => Cluster.DisposeAsync();
    }
}
