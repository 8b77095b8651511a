using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Contracts.Client;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Tests.Trust.Verification;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Tests.Contracts.Client;

public sealed class VerifiedHandlerTests
{
    private static readonly TestCa Root = TestCa.Root();
    private static readonly TestCa Evil = TestCa.Root("Evil Root");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_ToTheVerifiedServer_GoesThroughAndItsKeyIsKnown()
    {
        using var leaf = Root.Leaf();
        await using HostileServer server = await HostileServer.StartAsync(leaf, [], _ => ServedFile.Ok("hello"));
        using VerifiedHandler handler = Handler(server, ServerPolicy.Anchored(Root.Anchors));

        Assert.Equal("hello", await GetWithSecretAsync(handler, server));

        Assert.Equal(SpkiFingerprint.Of(leaf), handler.ServerKey);
        Assert.Equal(ServerRule.Anchor, handler.Verdict!.Rule);
    }

    [Fact]
    public async Task Request_ToARefusedServer_SendsNotAByte()
    {
        await using HostileServer server = await HostileServer.StartAsync(
            Evil.Leaf(),
            [Root.Certificate],
            _ => ServedFile.Ok("")
        );
        using VerifiedHandler handler = Handler(server, ServerPolicy.Anchored(Root.Anchors));

        await Assert.ThrowsAsync<HttpRequestException>(() => GetWithSecretAsync(handler, server));

        Assert.Empty(server.Received);
        Assert.Null(handler.ServerKey);
        Assert.Equal(ServerRefusal.UnknownIssuer, handler.Verdict!.Refusal);
    }

    [Fact]
    public async Task Request_Redirected_DoesNotFollow()
    {
        byte[] redirect = ServedFile.Answer("307 Temporary Redirect", [], "Location: https://localhost:1/elsewhere\r\n");
        await using HostileServer server = await HostileServer.StartAsync(Root.Leaf(), [], _ => redirect);
        using VerifiedHandler handler = Handler(server, ServerPolicy.Anchored(Root.Anchors));
        using HttpClient http = new(handler.Http, disposeHandler: false);

        using HttpResponseMessage answer = await http.GetAsync(new Uri($"https://localhost:{server.Port}/"), Cancel);

        Assert.Equal(HttpStatusCode.TemporaryRedirect, answer.StatusCode);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Policy_WithASecondChoice_ReportsTheReasonOfTheFirst()
    {
        await using HostileServer server = await HostileServer.StartAsync(Evil.Leaf(), [], _ => ServedFile.Ok(""));
        ServerPolicy either = ServerPolicy.PinnedKey(Root.Spki, Root.Bundle).Or(ServerPolicy.Anchored(Root.Anchors));
        using VerifiedHandler handler = Handler(server, either);

        await Assert.ThrowsAsync<HttpRequestException>(() => GetWithSecretAsync(handler, server));

        Assert.Equal(ServerRefusal.PinMismatch, handler.Verdict!.Refusal);
        Assert.Empty(server.Received);
    }

    [Fact]
    public void Handler_UsesNoProxyAndNoCookies()
    {
        Assert.True(ControllerAddress.TryParse("localhost", out ControllerAddress? address, out _));
        using VerifiedHandler handler = new(address, ServerPolicy.Anyone, TimeProvider.System);
        Assert.False(handler.Http.UseProxy);
        Assert.False(handler.Http.UseCookies);
        Assert.False(handler.Http.AllowAutoRedirect);
    }

    private static VerifiedHandler Handler(HostileServer server, ServerPolicy policy)
    {
        Assert.True(ControllerAddress.TryParse($"localhost:{server.Port}", out ControllerAddress? address, out _));
        return new VerifiedHandler(address, policy, new FakeTimeProvider(TestCa.Now));
    }

    private static async Task<string> GetWithSecretAsync(VerifiedHandler handler, HostileServer server)
    {
        using HttpClient http = new(handler.Http, disposeHandler: false);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
        return await http.GetStringAsync(new Uri($"https://localhost:{server.Port}/"), Cancel);
    }
}
