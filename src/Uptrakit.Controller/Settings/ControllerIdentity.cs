using Microsoft.EntityFrameworkCore;
using Uptrakit.Controller.Storage;

namespace Uptrakit.Controller.Settings;

/// <summary>Which Controller this is. Known once the database has been opened.</summary>
internal sealed class ControllerIdentity(HubStore store)
{
    private Guid id;

    /// <exception cref="InvalidOperationException">The database has not been opened yet.</exception>
    public Guid Id => id != Guid.Empty ? id : throw new InvalidOperationException("the database has not been opened");

    public async Task LoadAsync(CancellationToken cancel) =>
        id = await store.ReadAsync(hub => hub.Controllers.Select(row => row.ControllerId).SingleAsync(cancel), cancel);
}
