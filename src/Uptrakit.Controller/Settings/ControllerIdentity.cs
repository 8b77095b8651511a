using Microsoft.EntityFrameworkCore;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Host;
using Uptrakit.Controller.Storage;

namespace Uptrakit.Controller.Settings;

/// <summary>Which Controller this is. Known once the database has been opened.</summary>
internal sealed class ControllerIdentity(HubStore store, ServeOptions options)
{
    private Guid id;

    /// <exception cref="InvalidOperationException">The database has not been opened yet.</exception>
    public Guid Id => id != Guid.Empty ? id : throw new InvalidOperationException("the database has not been opened");

    /// <exception cref="InvalidOperationException">The database has not been opened yet.</exception>
    public AuthorityOptions ForAuthority() =>
        new(Id, PkiAddress.TryParse(options.PkiAddress, out PkiAddress? pki) ? pki : null);

    public async Task LoadAsync(CancellationToken cancel) =>
        id = await store.ReadAsync(hub => hub.Controllers.Select(row => row.ControllerId).SingleAsync(cancel), cancel);
}
