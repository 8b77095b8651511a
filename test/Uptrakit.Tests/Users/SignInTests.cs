using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Uptrakit.Controller.Storage;
using Uptrakit.Controller.Users;

namespace Uptrakit.Tests.Users;

public sealed class SignInTests
{
    [Fact]
    public async Task Session_AfterTheRightPassword_OpensThePages()
    {
        await using TestHub hub = await TestHub.StartAsync();
        using Browser browser = hub.Browser();
        Assert.StartsWith("/sign-in", (await browser.GetAsync("/")).Location!.Replace(hub.Url.ToString(), "/", StringComparison.Ordinal), StringComparison.Ordinal);

        Page signedIn = await browser.SignInAsync();

        string cookie = signedIn.Headers["Set-Cookie"];
        Assert.Contains("__Host-uptrakit=", cookie, StringComparison.Ordinal);
        foreach (string guard in (string[])["secure", "httponly", "samesite=strict", "path=/"])
            Assert.Contains(guard, cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("<h1", (await browser.GetAsync("/")).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Password_FiveTimesWrong_LocksTheUserOut()
    {
        await using TestHub hub = await TestHub.StartAsync();
        using Browser browser = hub.Browser();
        for (int attempt = 0; attempt < 5; attempt++)
            Assert.Null((await browser.SignInAsync("not that password")).Location);

        Page refused = await browser.SignInAsync();

        Assert.Null(refused.Location);
        Assert.Contains("role=\"alert\"", refused.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LockedOut_AfterFiveMinutes_MayTryAgain()
    {
        await using TestHub hub = await TestHub.StartAsync();
        using Browser browser = hub.Browser();
        for (int attempt = 0; attempt < 5; attempt++)
            await browser.SignInAsync("not that password");

        hub.Clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Null((await browser.SignInAsync()).Location);

        hub.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.NotNull((await browser.SignInAsync()).Location);
    }

    [Fact]
    public async Task Refusal_OfAnUnknownName_ReadsLikeThatOfAWrongPassword()
    {
        await using TestHub hub = await TestHub.StartAsync();
        using Browser browser = hub.Browser();

        string wrong = Alert(await browser.SignInAsync("not that password"));
        string unknown = Alert(await browser.SignInAsync(name: "nobody"));

        Assert.Equal(wrong, unknown);
    }

    [Fact]
    public async Task Form_WithoutItsToken_IsRefused()
    {
        await using TestHub hub = await TestHub.StartAsync();
        using Browser browser = hub.Browser();

        Page refused = await browser.PostAsync("/sign-in", new()
        {
            ["_handler"] = "password",
            ["Given.Name"] = "alice",
            ["Given.Password"] = TestHub.Password,
        });

        Assert.Equal(System.Net.HttpStatusCode.BadRequest, refused.Status);
    }

    [Fact]
    public async Task Attempts_FromOneAddress_AreBounded()
    {
        await using TestHub hub = await TestHub.StartAsync();
        using Browser browser = hub.Browser();
        List<System.Net.HttpStatusCode> answers = [];
        for (int attempt = 0; attempt < 25; attempt++)
            answers.Add((await browser.PostAsync("/sign-in", [])).Status);

        Assert.Contains(System.Net.HttpStatusCode.TooManyRequests, answers);
    }

    [Fact]
    public async Task Audit_OfAnUnknownName_DoesNotRepeatIt()
    {
        await using TestHub hub = await TestHub.StartAsync();
        using Browser browser = hub.Browser();
        await browser.SignInAsync(name: "my-secret-password");
        await browser.SignInAsync();

        List<string> entries = await hub.InScopeAsync(services => services.GetRequiredService<HubStore>().ReadAsync(
            store => store.Audit.Select(row => row.Action + " " + row.Subject + " " + row.Detail).ToListAsync(TestHub.Cancel), TestHub.Cancel));

        Assert.Contains(entries, static entry => entry.StartsWith("session.refuse unknown", StringComparison.Ordinal));
        Assert.Contains(entries, static entry => entry.StartsWith("session.begin alice", StringComparison.Ordinal));
        Assert.DoesNotContain(entries, static entry => entry.Contains("my-secret-password", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SecondFactor_WithItsCode_OpensThePagesAndIsTakenOnce()
    {
        await using TestHub hub = await TestHub.StartAsync();
        byte[] key = await WithTotpAsync(hub);
        using Browser browser = hub.Browser();
        using Browser thief = hub.Browser();
        Assert.StartsWith("/sign-in/code", (await browser.SignInAsync()).Location, StringComparison.Ordinal);
        Assert.StartsWith("/sign-in/code", (await thief.SignInAsync()).Location, StringComparison.Ordinal);
        Assert.NotNull((await thief.GetAsync("/")).Location);
        string code = TotpProvider.CodeAt(key, TotpProvider.StepAt(hub.Clock.GetUtcNow()));

        Page owner = await browser.SubmitAsync("/sign-in/code", "code", ("Given.Code", code));
        Page second = await thief.SubmitAsync("/sign-in/code", "code", ("Given.Code", code));

        Assert.Equal("/", owner.Location);
        Assert.Null(second.Location);
    }

    [Fact]
    public async Task RecoveryCode_IsStoredAsAHashAndTakenOnce()
    {
        await using TestHub hub = await TestHub.StartAsync();
        await WithTotpAsync(hub);
        string[] codes = await hub.InScopeAsync(async services =>
        {
            UserManager<HubUser> users = services.GetRequiredService<UserManager<HubUser>>();
            HubUser alice = (await users.FindByNameAsync("alice"))!;
            return (await users.GenerateNewTwoFactorRecoveryCodesAsync(alice, 2))!.ToArray();
        });
        List<string?> stored = await hub.InScopeAsync(services => services.GetRequiredService<HubStore>().ReadAsync(
            store => store.UserTokens.Select(row => row.Value).ToListAsync(TestHub.Cancel), TestHub.Cancel));
        using Browser browser = hub.Browser();

        await browser.SignInAsync();
        Page first = await browser.SubmitAsync("/sign-in/code", "recovery", ("Given.Recovery", codes[0].ToUpperInvariant().Replace("-", " ", StringComparison.Ordinal)));
        using Browser again = hub.Browser();
        await again.SignInAsync();
        Page repeated = await again.SubmitAsync("/sign-in/code", "recovery", ("Given.Recovery", codes[0]));

        Assert.Equal("/", first.Location);
        Assert.Null(repeated.Location);
        Assert.DoesNotContain(stored, value => value!.Contains(codes[0], StringComparison.Ordinal));
    }

    [Fact]
    public async Task OtherSession_AfterThePasswordWasChanged_Ends()
    {
        await using TestHub hub = await TestHub.StartAsync();
        using Browser other = hub.Browser();
        using Browser mine = hub.Browser();
        await other.SignInAsync();
        await mine.SignInAsync();

        Page changed = await mine.SubmitAsync("/account", "password",
            ("Given.Old", TestHub.Password), ("Given.New", "another long password"), ("Given.Repeated", "another long password"));
        hub.Clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal("/account?done=password", changed.Location);
        Assert.NotNull((await other.GetAsync("/users")).Location);
        Assert.Null((await mine.GetAsync("/users")).Location);
    }

    [Fact]
    public async Task Account_OfASessionThatIsNotFresh_AsksAgain()
    {
        await using TestHub hub = await TestHub.StartAsync();
        using Browser browser = hub.Browser();
        await browser.SignInAsync();
        Assert.Null((await browser.GetAsync("/account")).Location);

        hub.Clock.Advance(TimeSpan.FromMinutes(11));

        foreach (string path in (string[])["/account", "/account/api-tokens", "/account/recovery-codes"])
            Assert.StartsWith("/sign-in?again=1", (await browser.GetAsync(path)).Location, StringComparison.Ordinal);
    }

    internal static Task<byte[]> WithTotpAsync(TestHub hub) => hub.InScopeAsync(async services =>
    {
        UserManager<HubUser> users = services.GetRequiredService<UserManager<HubUser>>();
        HubUser alice = (await users.FindByNameAsync("alice"))!;
        await users.ResetAuthenticatorKeyAsync(alice);
        await users.SetTwoFactorEnabledAsync(alice, true);
        return Base32.Decode((await users.GetAuthenticatorKeyAsync(alice))!)!;
    });

    private static string Alert(Page page)
    {
        int start = page.Html.IndexOf("role=\"alert\"", StringComparison.Ordinal);
        return page.Html[start..page.Html.IndexOf("<form", start, StringComparison.Ordinal)];
    }
}
