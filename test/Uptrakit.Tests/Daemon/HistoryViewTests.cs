using Uptrakit.Qu.Control;
using Uptrakit.Qu.Daemon;
using Uptrakit.Quorum.History;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Tests.History;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;

namespace Uptrakit.Tests.Daemon;

/// <summary>The past, put together from committed flips and from what members tell.</summary>
public sealed class HistoryViewTests : IDisposable
{
    private readonly HistoryScene scene = new();
    private readonly PeerDirectory directory;
    private readonly List<NodeId> asked = [];
    private readonly NodeId[] others = [NodeId.New(), NodeId.New()];
    private readonly string web;

    public HistoryViewTests()
    {
        Assert.True(NodeId.TryParse(HistoryScene.Member, out NodeId? self));
        directory = new(self, new PinTable());
        directory.Replace([Member(self, "a"), Member(others[0], "b"), Member(others[1], "c")]);
        web = scene.Check("web");
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => scene.Dispose();

    [Fact]
    public async Task History_HasUptimeAndOutagesOfTheCluster_AndTheResultsOfEachMember()
    {
        scene.Flip(web, CheckState.Up);
        scene.Record(web, ms: 5);
        scene.Pass(TimeSpan.FromMinutes(30));
        scene.Flip(web, CheckState.Down, "refused");
        scene.Pass(TimeSpan.FromMinutes(10));
        scene.Flip(web, CheckState.Up);
        scene.Pass(TimeSpan.FromMinutes(20));

        HistoryReply reply = await AskAsync(new HistoryRequest { Checks = { "web" }, SpanMs = Hours(1), Outages = 10 }, Told(7));

        CheckHistory past = Assert.Single(reply.Checks);
        Assert.Equal((web, 50, 10), (past.Id, past.UpMs / 60_000, past.DownMs / 60_000));
        OutageRow outage = Assert.Single(past.Outages);
        Assert.Equal(("refused", 10), (outage.Detail, (outage.ToMs - outage.FromMs) / 60_000));
        Assert.Equal(3, reply.Nodes.Count);
        Assert.All(reply.Nodes, static node => Assert.Empty(node.Fault));
        Assert.Equal([1, 7, 7], past.Nodes.OrderBy(node => node.NodeId == HistoryScene.Member ? 0 : 1).Select(static node => node.Results.Sum.Count));
        Assert.Equal(others.Order(), asked.Order());
    }

    [Fact]
    public async Task History_OfAMemberThatIsSilent_ShowsItAsSilentAndTheOthersAllTheSame()
    {
        HistoryReply reply = await AskAsync(
            new HistoryRequest { Checks = { web }, SpanMs = Hours(1) }, (member, request) => member == others[0] ? new(null, "did not answer in time") : Told(7)(member, request));

        Assert.Equal("did not answer in time", reply.Nodes.Single(node => node.NodeId == others[0].ToString()).Fault);
        Assert.DoesNotContain(reply.Checks[0].Nodes, node => node.NodeId == others[0].ToString());
        Assert.Equal(2, reply.Checks[0].Nodes.Count);
    }

    [Fact]
    public async Task Answer_WithMoreThanWasAskedFor_IsCutToThat()
    {
        CheckResults forged = new() { CheckId = web, Sum = new ProbeSum { Count = 1 } };
        forged.Points.AddRange(Enumerable.Range(0, 5000).Select(static i => new ProbePoint { AtMs = i }));
        ResultsReply answer = new() { Checks = { new CheckResults { CheckId = "c-other" }, forged, forged } };

        HistoryReply reply = await AskAsync(new HistoryRequest { Checks = { web }, Nodes = { "b:9901" }, SpanMs = Hours(1), Points = 60 }, (_, _) => new(answer, ""));

        Assert.Equal(ResultsDesk.MostPoints, Assert.Single(Assert.Single(reply.Checks).Nodes).Results.Points.Count);
    }

    [Fact]
    public async Task History_OfNamedMembers_AsksNobodyElse()
    {
        HistoryReply reply = await AskAsync(new HistoryRequest { Checks = { web }, Nodes = { others[1].ToString()[..13], "c:9901" }, SpanMs = Hours(1) }, Told(7));

        Assert.Equal([others[1]], asked);
        Assert.Equal(others[1].ToString(), Assert.Single(reply.Nodes).NodeId);
    }

    [Theory]
    [InlineData("nobody", "", "no check 'nobody'")]
    [InlineData("web", "nowhere", "no member 'nowhere'")]
    public async Task History_OfWhatIsNotThere_SaysSoAndAsksNobody(string check, string node, string fault)
    {
        HistoryRequest request = new() { Checks = { check }, SpanMs = Hours(1) };
        if (node.Length > 0)
            request.Nodes.Add(node);

        HistoryReply reply = await AskAsync(request, Told(7));

        Assert.StartsWith(fault, reply.Fault, StringComparison.Ordinal);
        Assert.Empty(reply.Checks);
        Assert.Empty(asked);
    }

    [Fact]
    public async Task History_OfMoreChecksThanAMemberTells_IsTheClustersAlone()
    {
        for (int i = 0; i < ResultsDesk.MostChecks; i++)
            scene.Check($"more-{i}");

        HistoryReply reply = await AskAsync(new HistoryRequest { SpanMs = Hours(1) }, Told(7));

        Assert.Equal(ResultsDesk.MostChecks + 1, reply.Checks.Count);
        Assert.Empty(reply.Nodes);
        Assert.Empty(asked);
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public async Task History_OfASpanThatIsNone_IsNoFault(long span) =>
        Assert.Single((await AskAsync(new HistoryRequest { Checks = { web }, SpanMs = span, Outages = int.MaxValue, Points = -1 }, Told(1))).Checks);

    [Fact]
    public void Outages_OfAllChecks_HaveTheirNames_TheNewestFirst()
    {
        string db = scene.Check("db");
        foreach (string id in (string[])[web, db])
        {
            scene.Flip(id, CheckState.Down, "refused");
            scene.Pass(TimeSpan.FromMinutes(1));
        }

        OutagesReply reply = View(Told(1)).Outages(new OutagesRequest { SpanMs = Hours(1), AtMost = 10 });

        Assert.Equal([("db", db), ("web", web)], reply.Outages.Select(static row => (row.Name, row.CheckId)));
        Assert.Single(View(Told(1)).Outages(new OutagesRequest { SpanMs = Hours(1), AtMost = -5 }).Outages);
    }

    private static long Hours(int hours) => hours * 3_600_000L;

    private static Peer Member(NodeId id, string host) => new() { NodeId = id.ToString(), Advertise = $"{host}:9901", Role = Role.Voter };

    private static Func<NodeId, ResultsRequest, MemberAnswer> Told(long count) => (_, request) =>
    {
        ResultsReply reply = new();
        reply.Checks.AddRange(request.CheckIds.Select(id => new CheckResults { CheckId = id, Sum = new ProbeSum { Count = count } }));
        return new(reply, "");
    };

    private Task<HistoryReply> AskAsync(HistoryRequest request, Func<NodeId, ResultsRequest, MemberAnswer> answer) => View(answer).HistoryAsync(request, Cancel);

    private HistoryView View(Func<NodeId, ResultsRequest, MemberAnswer> answer) => new(
        scene.Store, directory, scene.Reader, new ResultsDesk(scene.Reader, scene.Clock),
        (member, request, _) =>
        {
            lock (asked)
                asked.Add(member);
            return Task.FromResult(answer(member, request));
        },
        scene.Clock);
}
