using System.Net;
using System.Net.Http.Json;
using System.Text;
using Uptrakit.Contracts.Api;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Controller.Inventory;
using Uptrakit.Tests.Fleet;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Tests.Hub.Api;

public sealed class ApiTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/api/v1/services")]
    [InlineData("POST", "/api/v1/services/6a2f41a3-c54c-4ea9-92a4-f0b6a4a2a9a1/approve")]
    [InlineData("POST", "/api/v1/services/6a2f41a3-c54c-4ea9-92a4-f0b6a4a2a9a1/revoke")]
    [InlineData("GET", "/api/v1/enrollment-tokens")]
    [InlineData("POST", "/api/v1/enrollment-tokens")]
    [InlineData("PUT", "/api/v1/settings")]
    [InlineData("GET", "/api/v1/settings/certificates")]
    [InlineData("POST", "/api/v1/settings/certificates/rotate")]
    [InlineData("GET", "/api/v1/audit")]
    public async Task Route_WithoutOrWithAForeignToken_IsUnauthenticated(string method, string path)
    {
        await using TestController controller = await TestController.StartAsync();
        foreach (string? token in new[] { null, "upk_0000000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "ey.ey.ey" })
        {
            using HttpRequestMessage request = new(new HttpMethod(method), path) { Version = HttpVersion.Version20 };
            using HttpResponseMessage answer = await controller.Http(token).SendAsync(request, Cancel);

            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            Assert.Equal(ProblemCode.Unauthenticated, (await answer.Content.ReadFromJsonAsync(ApiJson.Default.Problem, Cancel))?.Code);
        }
    }

    [Fact]
    public async Task Services_PendingOne_IsApprovedByItsKeyAndRevoked()
    {
        await using TestController controller = await TestController.StartAsync();
        HttpClient http = controller.Http(await controller.ApiTokenAsync(Cancel));
        using TestService service = new(controller);
        await service.EnrollAsync(null, Cancel);
        ServiceView waiting = Assert.Single((await http.GetFromJsonAsync("/api/v1/services", ApiJson.Default.ServiceList, Cancel))!.Items);

        using HttpResponseMessage approved = await http.PostAsJsonAsync($"/api/v1/services/{waiting.Id}/approve",
            new ApproveServiceRequest(waiting.KeyFingerprint, null), ApiJson.Default.ApproveServiceRequest, Cancel);
        EnrollReply reply = await service.EnrollAsync(null, Cancel);
        using HttpResponseMessage revoked = await http.PostAsync($"/api/v1/services/{waiting.Id}/revoke", null, Cancel);
        using HttpResponseMessage again = await http.PostAsync($"/api/v1/services/{waiting.Id}/approve",
            JsonContent.Create(new ApproveServiceRequest(waiting.KeyFingerprint, null), ApiJson.Default.ApproveServiceRequest), Cancel);

        Assert.Equal("active", (await approved.Content.ReadFromJsonAsync(ApiJson.Default.ServiceView, Cancel))?.State);
        Assert.NotNull(reply.Enrolled);
        Assert.Equal("revoked", (await revoked.Content.ReadFromJsonAsync(ApiJson.Default.ServiceView, Cancel))?.State);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    [Fact]
    public async Task EnrollmentTokens_Created_ShowTheSecretOnceAndStandInTheAuditLogWithoutIt()
    {
        await using TestController controller = await TestController.StartAsync();
        HttpClient http = controller.Http(await controller.ApiTokenAsync(Cancel));

        using HttpResponseMessage answer = await http.PostAsJsonAsync("/api/v1/enrollment-tokens",
            new CreateEnrollmentTokenRequest("web", Uses: 3), ApiJson.Default.CreateEnrollmentTokenRequest, Cancel);
        CreatedEnrollmentToken created = (await answer.Content.ReadFromJsonAsync(ApiJson.Default.CreatedEnrollmentToken, Cancel))!;
        string list = await http.GetStringAsync("/api/v1/enrollment-tokens", Cancel);
        string audit = await http.GetStringAsync("/api/v1/audit", Cancel);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.True(ServiceToken.TryParse(created.Token, out _, out _));
        Assert.Equal((3, "open", "api-token:tests"), (created.View.UsesLeft, created.View.State, created.View.CreatedBy));
        Assert.Contains(created.View.Id, list, StringComparison.Ordinal);
        Assert.Contains("token.create", audit, StringComparison.Ordinal);
        Assert.DoesNotContain(created.Token[..20], list + audit, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/enrollment-tokens", """{"uses": 0}""")]
    [InlineData("/api/v1/enrollment-tokens", """{"uses": 1001}""")]
    [InlineData("/api/v1/enrollment-tokens", """{"ttl_seconds": 604801}""")]
    [InlineData("/api/v1/enrollment-tokens", """{"ttl_seconds": 1}""")]
    [InlineData("/api/v1/enrollment-tokens", """{"capabilities": ["root"]}""")]
    [InlineData("/api/v1/enrollment-tokens", """{"capabilities": []}""")]
    [InlineData("/api/v1/enrollment-tokens", """{"addresses": ["http://x"]}""")]
    [InlineData("/api/v1/enrollment-tokens", "[")]
    [InlineData("/api/v1/settings/certificates/rotate", """{"kind": "leaf"}""")]
    [InlineData("/api/v1/settings/certificates/rotate", """{"kind": "issuing", "step": "distribute"}""")]
    [InlineData("/api/v1/settings/certificates/rotate", "{}")]
    public async Task Body_ThatMakesNoSense_IsAProblem(string path, string body)
    {
        await using TestController controller = await TestController.StartAsync();
        HttpClient http = controller.Http(await controller.ApiTokenAsync(Cancel));

        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await http.PostAsync(path, content, Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(ProblemCode.Invalid, (await answer.Content.ReadFromJsonAsync(ApiJson.Default.Problem, Cancel))?.Code);
    }

    [Fact]
    public async Task Settings_Written_AreReadAndAudited()
    {
        await using TestController controller = await TestController.StartAsync();
        HttpClient http = controller.Http(await controller.ApiTokenAsync(Cancel));

        using HttpResponseMessage written = await http.PutAsJsonAsync(
            "/api/v1/settings", new SettingsView("hub.example.org", false), ApiJson.Default.SettingsView, Cancel);
        using HttpResponseMessage refused = await http.PutAsJsonAsync(
            "/api/v1/settings", new SettingsView("https://hub/", true), ApiJson.Default.SettingsView, Cancel);

        Assert.Equal(HttpStatusCode.OK, written.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(new SettingsView("hub.example.org:8443", false), await http.GetFromJsonAsync("/api/v1/settings", ApiJson.Default.SettingsView, Cancel));
        AuditList audit = (await http.GetFromJsonAsync("/api/v1/audit?limit=1", ApiJson.Default.AuditList, Cancel))!;
        Assert.Equal("settings.update", Assert.Single(audit.Items).Action);
    }

    [Fact]
    public async Task Certificates_Fingerprint_IsThatOfTheServedRoot()
    {
        await using TestController controller = await TestController.StartAsync();
        HttpClient http = controller.Http(await controller.ApiTokenAsync(Cancel));

        CertificatesView view = (await http.GetFromJsonAsync("/api/v1/settings/certificates", ApiJson.Default.CertificatesView, Cancel))!;
        string pem = await controller.Http().GetStringAsync("/api/v1/pki/ca.crt", Cancel);
        using var root = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(pem);

        Assert.Equal(CertificateFingerprint.Of(root).ToString(), view.Fingerprint);
        Assert.Equal("own", view.Server.Source);
        Assert.Equal(["localhost", "127.0.0.1"], view.Server.Names);
        Assert.Null(view.Rotation);
    }

    [Fact]
    public async Task Unknown_RouteOrThing_IsAProblem()
    {
        await using TestController controller = await TestController.StartAsync();
        HttpClient http = controller.Http(await controller.ApiTokenAsync(Cancel));

        foreach (string path in new[] { "/api/v1/nothing", $"/api/v1/services/{Guid.NewGuid():D}" })
        {
            using HttpResponseMessage answer = await http.GetAsync(path, Cancel);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Equal(ProblemCode.NotFound, (await answer.Content.ReadFromJsonAsync(ApiJson.Default.Problem, Cancel))?.Code);
        }
    }

    // The router takes capitals for small letters: a gate that compares texts would let these by.
    [Theory]
    [InlineData("/uptrakit.controller.control.Admin/ListServices")]
    [InlineData("/UPTRAKIT.Controller.control.admin/LISTSERVICES")]
    [InlineData("/uptrakit.controller.control.Admin%2FListServices")]
    [InlineData("/Uptrakit.Controller.users.UserAdmin/CreateUser")]
    public async Task ControlService_OverHttpsInWhateverCase_IsNotThere(string path)
    {
        await using TestController controller = await TestController.StartAsync();

        using HttpResponseMessage answer = await PostGrpcAsync(controller, path);

        Assert.NotEqual("0", StatusOf(answer));
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Theory]
    [InlineData("/uptrakit.gateway.v1.Gateway/Renew")]
    [InlineData("/UPTRAKIT.gateway.V1.gateway/renew")]
    public async Task GatewayService_InWhateverCase_AsksForACertificate(string path)
    {
        await using TestController controller = await TestController.StartAsync();

        using HttpResponseMessage answer = await PostGrpcAsync(controller, path);

        Assert.Equal("16", StatusOf(answer));
    }

    [Fact]
    public async Task ControlService_OverHttps_IsNotThere()
    {
        await using TestController controller = await TestController.StartAsync();
        Uptrakit.Controller.Control.Admin.AdminClient stranger = new(controller.Channel());

        Grpc.Core.RpcException refused = await Assert.ThrowsAsync<Grpc.Core.RpcException>(async () =>
            await stranger.CertificatesAsync(new Uptrakit.Controller.Control.Nothing(), cancellationToken: Cancel));

        Assert.Equal(Grpc.Core.StatusCode.Unimplemented, refused.StatusCode);
    }

    private static async Task<HttpResponseMessage> PostGrpcAsync(TestController controller, string path)
    {
        using ByteArrayContent empty = new([0, 0, 0, 0, 0]);
        empty.Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("application/grpc");
        using HttpRequestMessage request = new(HttpMethod.Post, path) { Version = HttpVersion.Version20, Content = empty };
        request.Headers.TE.ParseAdd("trailers");
        HttpResponseMessage answer = await controller.Http().SendAsync(request, Cancel);
        await answer.Content.LoadIntoBufferAsync(Cancel);
        return answer;
    }

    private static string? StatusOf(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("grpc-status", out IEnumerable<string>? header) ? header.Single()
        : answer.TrailingHeaders.TryGetValues("grpc-status", out IEnumerable<string>? trailer) ? trailer.Single()
        : null;
}
