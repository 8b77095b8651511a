using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Uptrakit.Controller.Authority;

internal static class AuthorityServices
{
    /// <summary>
    /// The room that signs. Others bring <see cref="AuthorityOptions"/>, <see cref="IKeySealer"/>, <see cref="IAuthorityStore"/>,
    /// <see cref="IFleetCensus"/> and a <see cref="TimeProvider"/>, and start <see cref="AuthorityKeys"/>.
    /// </summary>
    internal static IServiceCollection AddAuthority(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<CaFactory>();
        services.AddSingleton<AuthorityKeys>();
        services.AddSingleton<Issuer>();
        services.AddSingleton<Rotation>();
        services.AddSingleton<CrlPublisher>();
        services.AddSingleton<OcspResponder>();
        services.AddSingleton<ClientVerifier>();
        return services;
    }
}
