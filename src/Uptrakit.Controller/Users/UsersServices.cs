using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using OpenIddict.Validation.AspNetCore;
using Uptrakit.Controller.Host;

namespace Uptrakit.Controller.Users;

/// <summary>The room of those who sign in: its services and its routes.</summary>
internal static class UsersServices
{
    // How long a session goes on after its user has been changed or removed.
    public static readonly TimeSpan StampChecked = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan SessionLifetime = TimeSpan.FromHours(12);

    public static void AddUsers(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddSingleton<UserAudit>();
        services.AddSingleton<ApiTokens>();
        services.AddSingleton<SetupCode>();
        services.AddHostedService<Setup>();
        services.AddScoped<UserDesk>();
        services.AddScoped<SignInDesk>();
        AddSchemes(services);
        AddIdentity(services);
        services.AddDeviceLogin();
        services.AddRateLimiter(SignInLimits.Configure);
        services.AddAuthorization(Schemes.Configure);
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, ApiRefusals>();
    }

    public static void MapUsers(this WebApplication app)
    {
        app.UseRateLimiter();
        app.MapUserRoutes();
        app.MapApiTokenRoutes();
        app.MapDeviceLogin();
        app.MapGrpcService<UserAdminService>().ThroughControlSocketOnly();
    }

    private static void AddSchemes(IServiceCollection services)
    {
        services.AddAuthentication(IdentityConstants.ApplicationScheme)
            .AddScheme<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions, ApiTokenHandler>(Schemes.ApiToken, null)
            .AddPolicyScheme(Schemes.Api, null, scheme => scheme.ForwardDefaultSelector = static context =>
                ApiTokenHandler.IsApiToken(context.Request.Headers.Authorization)
                    ? Schemes.ApiToken
                    : OpenIddictValidationAspNetCoreDefaults.AuthenticationScheme)
            .AddIdentityCookies(cookies =>
            {
                cookies.ApplicationCookie!.Configure(options =>
                {
                    options.Cookie.Name = "__Host-uptrakit";
                    Harden(options.Cookie);
                    options.ExpireTimeSpan = SessionLifetime;
                    options.SlidingExpiration = false;
                    options.LoginPath = "/sign-in";
                    options.AccessDeniedPath = "/sign-in";
                    options.ReturnUrlParameter = "return";
                });
                // Between password and second factor, or between a passkey's question and its answer.
                cookies.TwoFactorUserIdCookie!.Configure(options =>
                {
                    options.Cookie.Name = "__Host-uptrakit-2nd";
                    Harden(options.Cookie);
                    options.ExpireTimeSpan = TimeSpan.FromMinutes(5);
                });
            });
        services.Configure<SecurityStampValidatorOptions>(options => options.ValidationInterval = StampChecked);
    }

    private static void Harden(CookieBuilder cookie)
    {
        cookie.HttpOnly = true;
        cookie.SecurePolicy = CookieSecurePolicy.Always;
        // Nothing of ours is reached by a link from a foreign page with a session on it.
        cookie.SameSite = SameSiteMode.Strict;
        cookie.Path = "/";
    }

    private static void AddIdentity(IServiceCollection services)
    {
        services.AddIdentityCore<HubUser>(options =>
        {
            options.User.RequireUniqueEmail = false;
            options.Lockout.MaxFailedAccessAttempts = 5;
            options.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(5);
            options.Password.RequiredLength = PasswordRules.Shortest;
            options.Password.RequireDigit = options.Password.RequireLowercase = false;
            options.Password.RequireUppercase = options.Password.RequireNonAlphanumeric = false;
            options.Password.RequiredUniqueChars = 1;
        })
            .AddUserManager<HubUserManager>()
            .AddUserStore<HubUserStore>()
            .AddSignInManager<HubSignInManager>()
            .AddPasswordValidator<PasswordRules>()
            .AddTokenProvider<TotpProvider>(TokenOptions.DefaultAuthenticatorProvider);
        services.AddScoped(static provider => (HubSignInManager)provider.GetRequiredService<SignInManager<HubUser>>());
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = 210_000); // OWASP for PBKDF2-HMAC-SHA512
        services.Configure<IdentityPasskeyOptions>(options =>
        {
            // A passkey stands for both factors, so it must have seen its owner, not only a touch.
            options.UserVerificationRequirement = "required";
            options.ResidentKeyRequirement = "required";
            options.AuthenticatorTimeout = TimeSpan.FromMinutes(2);
            // Identity compares with the Origin header, which browsers send as null from pages without a referrer. What counts is
            // in what the authenticator signed: the page that asked must be one of ours, in no frame.
            options.ValidateOrigin = static asked => ValueTask.FromResult(
                !asked.CrossOrigin && string.Equals(asked.Origin, $"https://{asked.HttpContext.Request.Host}", StringComparison.OrdinalIgnoreCase));
        });
    }
}
