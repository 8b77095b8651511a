namespace Uptrakit.Controller.Gateway;

/// <summary>Whose call this is, by the certificate of the connection; never by what a message says.</summary>
internal sealed record ServiceCaller(Guid ServiceId, Guid CaId, DateTimeOffset CertificateEnds);
