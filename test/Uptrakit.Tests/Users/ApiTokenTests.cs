using System.Net;
using System.Net.Http.Json;
using System.Text;
using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Users;

namespace Uptrakit.Tests.Users;

public sealed class ApiTokenTests
{
    [Fact]
    public void Text_ReadBack_IsTheSameToken()
    {
        ApiToken token = ApiToken.New();

        Assert.True(ApiToken.TryParse(token.Reveal(), out ApiToken? read));
        Assert.Equal(token.Id, read.Id);
        Assert.True(read.Fits(token.Hash));
        Assert.DoesNotContain(token.Reveal()[15..], $"{token}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("upk_")]
    [InlineData("upk_AAAA")]
    [InlineData("UPK_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("upk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!!")]
    [InlineData("upk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Text_ThatIsNoToken_IsRefused(string text) => Assert.False(ApiToken.TryParse(text, out _));

    [Fact]
    public async Task Bearer_LiveToken_ActsAsItsOwner()
    {
        await using TestHub hub = await TestHub.StartAsync();
        CreatedApiToken token = (await hub.TokenAsync())!;
        using HttpClient api = hub.Api(token.Token);

        MeView? me = await api.GetFromJsonAsync("/api/v1/me", ApiJson.Default.MeView, TestHub.Cancel);

        Assert.Equal("alice", me!.Name);
        Assert.Equal("api-token", me.SignedInWith);
    }

    [Fact]
    public async Task Bearer_RevokedToken_IsRefusedWithAProblem()
    {
        await using TestHub hub = await TestHub.StartAsync();
        CreatedApiToken token = (await hub.TokenAsync())!;
        using HttpClient api = hub.Api(token.Token);
        Assert.Equal(HttpStatusCode.NoContent, (await api.DeleteAsync($"/api/v1/api-tokens/{token.View.Id}", TestHub.Cancel)).StatusCode);

        using HttpResponseMessage refused = await api.GetAsync("/api/v1/me", TestHub.Cancel);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        Problem? problem = await refused.Content.ReadFromJsonAsync(ApiJson.Default.Problem, TestHub.Cancel);
        Assert.Equal(ProblemCode.Unauthenticated, problem!.Code);
    }

    [Fact]
    public async Task Bearer_EndedToken_IsRefused()
    {
        await using TestHub hub = await TestHub.StartAsync();
        CreatedApiToken token = (await hub.TokenAsync(TimeSpan.FromHours(1)))!;
        using HttpClient api = hub.Api(token.Token);
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/api/v1/me", TestHub.Cancel)).StatusCode);

        hub.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(HttpStatusCode.Unauthorized, (await api.GetAsync("/api/v1/me", TestHub.Cancel)).StatusCode);
    }

    [Fact]
    public async Task Bearer_KnownIdWithAnotherSecret_IsRefused()
    {
        await using TestHub hub = await TestHub.StartAsync();
        string token = (await hub.TokenAsync())!.Token;
        char last = token[20] == 'A' ? 'B' : 'A';
        using HttpClient api = hub.Api(token[..20] + last + token[21..]);

        Assert.Equal(HttpStatusCode.Unauthorized, (await api.GetAsync("/api/v1/me", TestHub.Cancel)).StatusCode);
    }

    [Fact]
    public async Task Database_AfterAToken_HoldsItsHashAndNotItsSecret()
    {
        await using TestHub hub = await TestHub.StartAsync();
        string text = (await hub.TokenAsync())!.Token;
        Assert.True(ApiToken.TryParse(text, out ApiToken? token));

        byte[] stored = [.. await ReadAsync(hub.Database), .. await ReadAsync(hub.Database + "-wal")];

        Assert.True(stored.AsSpan().IndexOf(token.Hash) >= 0);
        Assert.True(stored.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text[15..])) < 0);
        Assert.True(stored.AsSpan().IndexOf(System.Buffers.Text.Base64Url.DecodeFromChars(text.AsSpan(ApiToken.Prefix.Length)).AsSpan(8)) < 0);
    }

    [Fact]
    public async Task Api_WithTheCookieOfASession_IsRefused()
    {
        await using TestHub hub = await TestHub.StartAsync();
        using Browser browser = hub.Browser();
        Assert.Equal("/", (await browser.SignInAsync()).Location);

        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/api/v1/me")).Status);
    }

    private static async Task<byte[]> ReadAsync(string file)
    {
        if (!File.Exists(file))
            return [];
        await using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using MemoryStream all = new();
        await stream.CopyToAsync(all, TestHub.Cancel);
        return all.ToArray();
    }
}
