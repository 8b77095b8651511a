using Uptrakit.Controller.Authority;

namespace Uptrakit.Controller.Host;

/// <summary>What can be made only once it is known which Controller this is: asked for late, after the database was opened.</summary>
internal sealed class OnceOpened(IServiceProvider services)
{
    public AuthorityKeys Keys => services.GetRequiredService<AuthorityKeys>();

    public ServerCertificate Certificate => services.GetRequiredService<ServerCertificate>();
}
