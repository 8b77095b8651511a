using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using Uptrakit.Controller.Storage;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Uptrakit.Controller.Users;

/// <summary>The device login of the command line (RFC 8628): the one grant there is, for the one client there is.</summary>
internal static class DeviceLogin
{
    public const string ClientId = "uptrakit-cli";

    /// <summary>The page that people open. The first of the verification endpoints is the one that the client is told.</summary>
    public const string Page = "/device";

    public const string Decision = "/device/decision";

    /// <summary>The security stamp of the user when the device was let in; never leaves the Controller in the clear.</summary>
    public const string Stamp = "uptrakit.stamp";

    private static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan AccessLifetime = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan RefreshLifetime = TimeSpan.FromDays(30);

    public static void AddDeviceLogin(this IServiceCollection services)
    {
        services.AddOpenIddict()
            .AddCore(core => core.UseEntityFrameworkCore().UseDbContext<HubContext>())
            .AddServer(Serve)
            .AddValidation(validation =>
            {
                validation.UseLocalServer();
                validation.UseDataProtection();
                validation.UseAspNetCore();
                // Both are asked of the database on each call, so that signing out counts at once.
                validation.EnableTokenEntryValidation();
                validation.EnableAuthorizationEntryValidation();
            });
        services.AddSingleton<DeviceLoginLimits>();
        services.AddHostedService<DeviceLoginChores>();
    }

    private static void Serve(OpenIddictServerBuilder server)
    {
        server.SetDeviceAuthorizationEndpointUris("connect/device")
            .SetTokenEndpointUris("connect/token")
            .SetRevocationEndpointUris("connect/revoke")
            .SetEndUserVerificationEndpointUris(Page[1..], Decision[1..])
            // Nobody is to discover a server of identities here.
            .SetConfigurationEndpointUris(Array.Empty<string>())
            .SetJsonWebKeySetEndpointUris(Array.Empty<string>());
        server.AllowDeviceAuthorizationFlow().AllowRefreshTokenFlow();
        server.SetDeviceCodeLifetime(CodeLifetime)
            .SetUserCodeLifetime(CodeLifetime)
            .SetAccessTokenLifetime(AccessLifetime)
            .SetRefreshTokenLifetime(RefreshLifetime);
        // RFC 8628, 6.1: no vowels, so no words; 20^8 codes against an address that may try a few each minute.
        server.SetUserCodeCharset([.. UserCode.Alphabet.Select(static letter => letter.ToString())])
            .SetUserCodeLength(UserCode.Length)
            .SetUserCodeDisplayFormat("{0}{1}{2}{3}-{4}{5}{6}{7}");
        // What clients hold is a number that means nothing without the database, which has only its hash.
        server.UseReferenceAccessTokens().UseReferenceRefreshTokens().UseDataProtection();
        // Demanded by the library. No token is signed with them: Data Protection seals them all.
        server.AddEphemeralEncryptionKey().AddEphemeralSigningKey(SecurityAlgorithms.EcdsaSha256);
        server.UseAspNetCore().EnableTokenEndpointPassthrough().EnableEndUserVerificationEndpointPassthrough();
        server.AddEventHandler<ProcessRequestContext>(handler => handler
            .UseSingletonHandler<DeviceLoginLimits>().SetOrder(OpenIddictServerHandlers.InferEndpointType.Descriptor.Order + 1));
        server.AddEventHandler<HandleRevocationRequestContext>(handler => handler
            .UseScopedHandler<WholeLoginRevoked>().SetOrder(OpenIddictServerHandlers.Revocation.RevokeToken.Descriptor.Order - 1));
    }

    /// <summary>Signing out ends the login: every token of it, not only the one that was sent (RFC 7009, 2.1).</summary>
    private sealed class WholeLoginRevoked(IOpenIddictAuthorizationManager logins) : IOpenIddictServerHandler<HandleRevocationRequestContext>
    {
        public async ValueTask HandleAsync(HandleRevocationRequestContext context)
        {
            if (context.GenericTokenPrincipal?.GetAuthorizationId() is { } id
                && await logins.FindByIdAsync(id, context.CancellationToken) is { } login)
                await logins.TryRevokeAsync(login, context.CancellationToken);
        }
    }
}
