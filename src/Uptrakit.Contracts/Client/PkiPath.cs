namespace Uptrakit.Contracts.Client;

/// <summary>What a Controller serves to everyone about its authority.</summary>
public static class PkiPath
{
    /// <summary>The bundle: PEM of the roots, the newest active one first.</summary>
    public const string Bundle = "/api/v1/pki/ca.crt";

    /// <summary>PEM of former roots, each followed by the certificate with which it vouches for its successor.</summary>
    public const string HandOver = "/api/v1/pki/handover.crt";
}
