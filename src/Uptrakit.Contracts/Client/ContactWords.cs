namespace Uptrakit.Contracts.Client;

/// <summary>Refusals at first contact as sentences. None holds what the server showed.</summary>
internal static class ContactWords
{
    public const string NoPinnedCertificate =
        "the server's bundle does not hold the certificate with the pinned fingerprint: compare "
        + "the pin with the Dashboard's Global Settings, on a connection that you trust; "
        + "'trust explain' tells a rotated authority from a foreign server";

    public const string NoPinnedKey =
        "neither the server nor its bundle has the pinned key: compare the pin with the Dashboard's "
        + "Global Settings, on a connection that you trust; 'trust explain' tells a rotated authority from a foreign server";

    public const string OtherThanAcknowledged =
        "the server's bundle does not hold the certificate that was acknowledged: it is "
        + "another server than on the earlier run, or its authority was replaced; look in the Dashboard's Global Settings";

    public const string VerifiedWithoutPin =
        "the server chains to a trusted root, but the bundle it serves does not hold what is "
        + "pinned: it is another Controller, or its authority was replaced";

    public const string NoBundle = "the server has no bundle: is it a Controller?";
}
