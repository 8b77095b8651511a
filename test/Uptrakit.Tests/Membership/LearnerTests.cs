using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.Membership;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Tests.Consensus;
using Uptrakit.Tests.State;
using Uptrakit.Tests.Transport;

namespace Uptrakit.Tests.Membership;

/// <summary>A probe, and who is about to become a voter, take what a voter tells; one that tells nonsense, or dies at it, does not end them.</summary>
public sealed class LearnerTests
{
    private static readonly ByteString Garbage = ByteString.CopyFrom([0xff, 0xff, 0xff, 0xff, 0x0f, 0x01]);
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public async Task Learner_OfAVoterThatTellsNonsense_GoesOnAndLearnsWhatIsTrue()
    {
        await using FakeMember<Voter> voter = await FakeMember<Voter>.StartAsync(new Voter());
        StateStore store = new();
        Learner learner = new(store, voter.Directory, voter.Channels, clock, NullLogger<Learner>.Instance);
        Task running = learner.FollowUntilAsync(static state => state.Checks.TryFind("web", out _), TestContext.Current.CancellationToken);

        await TestEngineCluster.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(200));
            return running.IsCompleted;
        });

        await running;
        Assert.Equal(Voter.Lies.Length + 1, voter.Service.Calls);
    }

    /// <summary>A voter begins with what the leader gives it; it asks again, and is no voter until that is whole.</summary>
    [Fact]
    public async Task Seed_ThatIsNonsense_IsNoneAndDoesNotEndTheLearner()
    {
        await using FakeMember<Voter> leader = await FakeMember<Voter>.StartAsync(new Voter());
        Learner learner = new(new StateStore(), leader.Directory, leader.Channels, TimeProvider.System, NullLogger<Learner>.Instance);

        Assert.Null(await learner.LoadSeedAsync(leader.Id, TestContext.Current.CancellationToken));
        Assert.True((await learner.LoadSeedAsync(leader.Id, TestContext.Current.CancellationToken))!.Cluster.Checks.TryFind("web", out _));
    }

    /// <summary>What it answers, one after the other: nonsense of every kind, and then the state.</summary>
    private sealed class Voter : Peers.PeersBase
    {
        public static readonly Func<IServerStreamWriter<FollowMessage>, ServerCallContext, Task>[] Lies =
        [
            static (answers, _) => answers.WriteAsync(new FollowMessage { Index = 1, Term = 1, Command = Garbage }),
            static (answers, _) => answers.WriteAsync(Whole(Garbage)),
            static (answers, _) => answers.WriteAsync(new FollowMessage { Index = 1, Term = 1, Snapshot = Garbage, Sha256 = ByteString.CopyFrom(new byte[32]) }),
            static (answers, _) => answers.WriteAsync(new FollowMessage { Index = 1, Term = 1, Snapshot = Garbage }),
            static async (answers, context) =>
            {
                await answers.WriteAsync(new FollowMessage());
                IFeatureCollection features = context.GetHttpContext().Features;
                features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();
            },
            static (_, _) => throw new RpcException(new Status(StatusCode.Internal, "broken")),
        ];

        private int calls;
        private int seeds;

        public int Calls => Volatile.Read(ref calls);

        public override Task Follow(FollowRequest request, IServerStreamWriter<FollowMessage> responseStream, ServerCallContext context)
        {
            int call = Interlocked.Increment(ref calls);
            return call <= Lies.Length ? Lies[call - 1](responseStream, context) : responseStream.WriteAsync(Whole(Truth()));
        }

        public override Task Seed(SeedRequest request, IServerStreamWriter<FollowMessage> responseStream, ServerCallContext context) =>
            responseStream.WriteAsync(Whole(Interlocked.Increment(ref seeds) == 1 ? Garbage : Truth()));

        private static ByteString Truth()
        {
            TestMachine machine = new();
            machine.Must(new Command { PutCheck = new PutCheck { Check = TestMachine.Check("web") } });
            return machine.State.ToSnapshot().ToByteString();
        }

        private static FollowMessage Whole(ByteString content) =>
            new() { Index = 1, Term = 1, Snapshot = content, Sha256 = ByteString.CopyFrom(SHA256.HashData(content.Span)) };
    }
}
