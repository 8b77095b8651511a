using System.Net;
using System.Net.Http.Json;
using Uptrakit.Contracts.Api;

namespace Uptrakit.Tests.Users;

public sealed class UserRoutesTests(SharedHub shared) : IClassFixture<SharedHub>
{
    [Fact]
    public async Task Users_MadeAndRemoved_ComeAndGo()
    {
        await using TestHub hub = await TestHub.StartAsync();
        using HttpClient api = hub.Api((await hub.TokenAsync())!.Token);

        using HttpResponseMessage made = await PostAsync(api, new CreateUserRequest("bob", TestHub.Password));
        UserView bob = (await made.Content.ReadFromJsonAsync(ApiJson.Default.UserView, TestHub.Cancel))!;
        using HttpResponseMessage taken = await PostAsync(api, new CreateUserRequest("BOB", TestHub.Password));
        using HttpResponseMessage weak = await PostAsync(api, new CreateUserRequest("carol", "short"));

        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, taken.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, weak.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await api.DeleteAsync($"/api/v1/users/{bob.Id}", TestHub.Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await api.DeleteAsync($"/api/v1/users/{bob.Id}", TestHub.Cancel)).StatusCode);
        UserList left = (await api.GetFromJsonAsync("/api/v1/users", ApiJson.Default.UserList, TestHub.Cancel))!;
        Assert.Equal("alice", Assert.Single(left.Items).Name);
    }

    [Fact]
    public async Task User_WhoIsTheLast_IsKept()
    {
        await using TestHub hub = await TestHub.StartAsync();
        using HttpClient api = hub.Api((await hub.TokenAsync())!.Token);
        UserList users = (await api.GetFromJsonAsync("/api/v1/users", ApiJson.Default.UserList, TestHub.Cancel))!;

        Assert.Equal(HttpStatusCode.Conflict, (await api.DeleteAsync($"/api/v1/users/{users.Items[0].Id}", TestHub.Cancel)).StatusCode);
    }

    [Theory]
    [InlineData("/api/v1/me")]
    [InlineData("/api/v1/users")]
    [InlineData("/api/v1/api-tokens")]
    public async Task Route_WithoutABearer_IsRefused(string path)
    {
        using HttpClient api = shared.Hub.Api(null);

        using HttpResponseMessage refused = await api.GetAsync(path, TestHub.Cancel);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("Bearer", refused.Headers.WwwAuthenticate.ToString());
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient api, CreateUserRequest user) =>
        api.PostAsync("/api/v1/users", JsonContent.Create(user, ApiJson.Default.CreateUserRequest), TestHub.Cancel);
}
