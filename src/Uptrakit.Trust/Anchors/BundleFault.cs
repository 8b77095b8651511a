namespace Uptrakit.Trust.Anchors;

/// <summary>Why a text is no bundle of certificates.</summary>
public enum BundleFault
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>It is longer than <see cref="CertificateBundle.MaximumSize"/>.</summary>
    TooLarge,

    /// <summary>It holds more than <see cref="CertificateBundle.MaximumCertificates"/> certificates.</summary>
    TooManyCertificates,

    /// <summary>It holds none.</summary>
    NoCertificate,

    /// <summary>A certificate in it can not be read.</summary>
    Unreadable,

    /// <summary>A certificate in it is not that of an authority.</summary>
    NotACa,
}
