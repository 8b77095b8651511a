using System.Net;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Qu.Web;
using Uptrakit.Quorum.History;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Tests.Shared.Web;

/// <summary>A node's pages on a real socket, with a state that a test makes up.</summary>
internal sealed class WebScene : IAsyncDisposable, IWebState, IWebStanding, IWebHealth, IPushSink, IWebChanges
{
    public const string Token = "correct-horse-battery-staple";
    public const string Self = "11111111-1111-4111-8111-111111111111";
    public const string Other = "22222222-2222-4222-8222-222222222222";
    public static readonly DateTimeOffset Begin = new(2026, 11, 28, 10, 0, 0, TimeSpan.Zero);
    private readonly ScratchFolder scratch = new();
    private readonly StateStore store = new();
    private readonly NodeHistory history;
    private QuWeb? web;
    private int made;
    private long index;

    private WebScene()
    {
        history = new(new HistoryOptions { Path = scratch["history.db"] }, store, Clock, NullLogger<NodeHistory>.Instance);
        Publish(State with { ClusterId = "cluster-1", Peers = State.Peers.SetItem(Self, new Peer { NodeId = Self, Role = Role.Voter, Joined = true }) });
    }

    public FakeTimeProvider Clock { get; } = new(Begin);

    public ClusterState State { get; private set; } = ClusterState.Empty;

    public NodeHistory History => history;

    public List<PlannedWindow> Windows { get; } = [];

    public Dictionary<string, CheckSight> Sights { get; } = [];

    public List<string> Beats { get; } = [];

    public bool TakesBeats { get; set; } = true;

    public bool Breaks { get; set; }

    /// <summary>Changes are decided by the cluster's own judge.</summary>
    public List<Command> Changes { get; } = [];

    public NodeHealth Health { get; set; } = new(
        Self, "leader", Self, true, true, 7, 1234,
        [
            new(Self, "a.example.org:9901", "voter", true, Begin, "0.1.0", TimeSpan.Zero),
            new(Other, "b.example.org:9901", "voter", false, null, "", TimeSpan.Zero),
        ],
        []);

    public HttpClient Client { get; private set; } = null!;

    public QuWeb Web => web!;

    public static async Task<WebScene> StartAsync(Func<WebOptions, WebOptions>? options = null)
    {
        WebScene scene = new();
        OperatorToken.TryCreate(Token, out OperatorToken? token, out _);
        WebOptions all = new() { Listen = new IPEndPoint(IPAddress.Loopback, 0), Title = "Example <b>&\"'", Token = token };
        WebSources sources = new(scene, scene, scene, scene.history.Reader, scene.history.Latest, scene, scene);
        scene.web = await QuWeb.StartAsync(options?.Invoke(all) ?? all, sources, NullLoggerFactory.Instance, scene.Clock, TestContext.Current.CancellationToken);
        scene.Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = scene.web.Address };
        return scene;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await web!.DisposeAsync();
        history.Dispose();
        scratch.Dispose();
    }

    public Check Check(string name, Action<Check>? shape = null)
    {
        Check check = new()
        {
            Id = $"c-{++made:x12}", Name = name, Type = CheckType.Http, Enabled = true, Target = "https://inner.example.net/secret", IntervalMs = 30_000, TimeoutMs = 10_000,
        };
        shape?.Invoke(check);
        Publish(State with { Checks = State.Checks.With(check.Id, check.Name, check, null) });
        return check;
    }

    public Check Push(string name, string key) => Check(name, check =>
    {
        check.Type = CheckType.Push;
        check.Push = new PushOptions { KeySha256 = ByteString.CopyFrom(SHA256.HashData(Encoding.UTF8.GetBytes(key))) };
    });

    public void Put(Alert alert) => Publish(State with { Alerts = State.Alerts.With(alert.Id, alert.Name, alert, null) });

    public void Flip(Check check, CheckState to, Action<CheckStatus>? shape = null)
    {
        CheckStatus status = new()
        {
            CheckId = check.Id, State = to, Settled = to, SinceMs = Clock.GetUtcNow().ToUnixTimeMilliseconds(), Ok = 1, Total = 3, Detail = "detail: 10.1.2.3 refused",
        };
        shape?.Invoke(status);
        Publish(State with { Statuses = State.Statuses.SetItem(check.Id, status) });
        history.Step();
    }

    /// <summary>All at once, in one step.</summary>
    public void FlipAll(IEnumerable<Check> checks, CheckState to)
    {
        long now = Clock.GetUtcNow().ToUnixTimeMilliseconds();
        Publish(State with { Statuses = State.Statuses.SetItems(checks.Select(check =>
            KeyValuePair.Create(check.Id, new CheckStatus { CheckId = check.Id, State = to, Settled = to, SinceMs = now, Ok = 1, Total = 3 }))) });
        history.Step();
    }

    public void Pass(TimeSpan time)
    {
        Clock.Advance(time);
        for (int i = 0; i < 3; i++)
            history.Step();
    }

    public Task<HttpResponseMessage> SendAsync(string path, string? token = null, HttpMethod? method = null, params (string Name, string Value)[] headers)
    {
        HttpRequestMessage request = new(method ?? HttpMethod.Get, path);
        if (token is not null)
            request.Headers.Add("Authorization", $"Bearer {token}");
        foreach ((string name, string value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<string> GetAsync(string path, string? token = null)
    {
        using HttpResponseMessage answer = await SendAsync(path, token);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode}");
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    public async Task<HttpStatusCode> StatusOfAsync(string path, string? token = null, HttpMethod? method = null)
    {
        using HttpResponseMessage answer = await SendAsync(path, token, method);
        return answer.StatusCode;
    }

    public IReadOnlyList<PlannedWindow> Maintenance(DateTimeOffset from, DateTimeOffset to) => Breaks
        ? throw new InvalidOperationException("a secret of the inside")
        : [.. Windows.Where(window => window.From < to && window.To > from)];

    public Task<IReadOnlyDictionary<string, CheckSight>> NowAsync(IReadOnlyCollection<string> votesOf, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyDictionary<string, CheckSight>>(Sights);

    public NodeHealth Now() => Health;

    public Task<ProposalResult> ChangeAsync(Command change, CancellationToken cancel)
    {
        if (!Health.Quorum)
            return Task.FromResult(new ProposalResult(null, Sent: false));
        Changes.Add(change);
        change.Id = Proposer.NewId();
        (change.Proposer, change.AtMs) = (Self, Clock.GetUtcNow().ToUnixTimeMilliseconds());
        (ClusterState next, Outcome outcome) = CommandApplier.Apply(State, index + 1, change);
        Publish(next);
        return Task.FromResult(new ProposalResult(outcome, Sent: true));
    }

    public bool Beat(Check check, string key)
    {
        Beats.Add(check.Id);
        return TakesBeats;
    }

    private void Publish(ClusterState state)
    {
        State = state;
        store.Replace(new AppliedState(++index, 1, state));
    }
}
