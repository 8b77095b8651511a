using System.Net;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared.Web;

namespace Uptrakit.Tests.Web;

public sealed class PushTests
{
    private const string Key = "k-0123456789abcdef";

    [Fact]
    public async Task Beat_WithTheKey_IsTaken_InTheHeaderAndInThePath()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = scene.Push("backup", Key);

        Assert.Equal(HttpStatusCode.NoContent, await scene.StatusOfAsync($"/push/{check.Id}", Key, HttpMethod.Post));
        Assert.Equal(HttpStatusCode.NoContent, await scene.StatusOfAsync($"/push/{check.Id}", Key, HttpMethod.Get));
        Assert.Equal(HttpStatusCode.NoContent, await scene.StatusOfAsync($"/push/{check.Id}/{Key}"));
        Assert.Equal(3, scene.Beats.Count);
    }

    [Fact]
    public async Task Beat_WithAnotherKeyOrNone_IsNot()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = scene.Push("backup", Key);
        Check other = scene.Push("other", Key + "x");

        Assert.Equal(HttpStatusCode.Unauthorized, await scene.StatusOfAsync($"/push/{check.Id}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await scene.StatusOfAsync($"/push/{check.Id}", Key + "x"));
        Assert.Equal(HttpStatusCode.Unauthorized, await scene.StatusOfAsync($"/push/{other.Id}/{Key}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await scene.StatusOfAsync($"/push/{check.Id}", WebScene.Token));
        Assert.Equal(HttpStatusCode.Unauthorized, await scene.StatusOfAsync($"/push/{check.Id}", new string('k', 4000)));
        Assert.Empty(scene.Beats);
    }

    [Fact]
    public async Task Beat_OfACheckThatIsNone_IsNot()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check http = scene.Check("web");
        Check keyless = scene.Check("keyless", static c => (c.Type, c.Push) = (CheckType.Push, new PushOptions()));

        foreach (string id in (string[])["c-00000000dead", http.Id, keyless.Id, "keyless", "%20", "..%2f"])
            Assert.Equal(HttpStatusCode.NotFound, await scene.StatusOfAsync($"/push/{id}", Key));
        Assert.Equal(HttpStatusCode.NotFound, await scene.StatusOfAsync($"/push/{keyless.Id}"));
        Assert.Empty(scene.Beats);
    }

    [Fact]
    public async Task Beat_ThatCannotBeKept_IsToBeTriedAgain()
    {
        await using WebScene scene = await WebScene.StartAsync();
        Check check = scene.Push("backup", Key);
        scene.TakesBeats = false;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await scene.StatusOfAsync($"/push/{check.Id}", Key));
    }
}
