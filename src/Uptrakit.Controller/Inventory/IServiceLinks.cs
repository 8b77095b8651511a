namespace Uptrakit.Controller.Inventory;

/// <summary>The connections of Services, as far as this room must know of them.</summary>
internal interface IServiceLinks
{
    bool IsConnected(Guid serviceId);

    /// <summary>The Service was revoked: its connection ends now.</summary>
    void Revoked(Guid serviceId);
}
