using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Controller.Users;

namespace Uptrakit.Tests.Users;

public sealed class SetupTests
{
    [Fact]
    public async Task FirstUser_WithTheCode_IsMadeAndSignedIn()
    {
        await using TestHub hub = await TestHub.StartAsync(withUser: false);
        string code = hub.Services.GetRequiredService<SetupCode>().Issue();
        using Browser browser = hub.Browser();

        Page made = await browser.SubmitAsync("/setup", "setup", Fields(code));

        Assert.Equal("/", made.Location);
        Assert.Null((await browser.GetAsync("/users")).Location);
        Assert.DoesNotContain("<form method=\"post\" data-enhance=\"false\" action=\"/setup\"", (await hub.Browser().GetAsync("/setup")).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FirstUser_WithoutTheCode_IsRefused()
    {
        await using TestHub hub = await TestHub.StartAsync(withUser: false);
        using Browser browser = hub.Browser();

        Page refused = await browser.SubmitAsync("/setup", "setup", Fields(new string('0', 32)));

        Assert.Null(refused.Location);
        Assert.False(await hub.InScopeAsync(services => services.GetRequiredService<UserDesk>().AnyAsync(TestHub.Cancel)));
    }

    [Fact]
    public void Code_OnceRedeemed_IsVoid()
    {
        SetupCode setup = new(new FakeTimeProvider());
        string code = setup.Issue();

        Assert.True(setup.TryRedeem(code));
        Assert.False(setup.TryRedeem(code));
    }

    [Fact]
    public void Code_AfterItsHour_IsVoid()
    {
        FakeTimeProvider clock = new();
        SetupCode setup = new(clock);
        string code = setup.Issue();

        clock.Advance(SetupCode.Lifetime);

        Assert.False(setup.Fits(code));
    }

    [Fact]
    public void Code_AfterAnotherWasIssued_IsVoid()
    {
        SetupCode setup = new(new FakeTimeProvider());
        string first = setup.Issue();
        string second = setup.Issue();

        Assert.False(setup.Fits(first));
        Assert.True(setup.Fits(second));
    }

    private static (string, string)[] Fields(string code) =>
    [
        ("Given.Code", code), ("Given.Name", "alice"), ("Given.Password", TestHub.Password), ("Given.Repeated", TestHub.Password),
    ];
}
