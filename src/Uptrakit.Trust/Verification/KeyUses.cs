namespace Uptrakit.Trust.Verification;

/// <summary>The named bits of keyUsage (RFC 5280, section 4.2.1.3), in the order of the standard.</summary>
[Flags]
internal enum KeyUses
{
    None = 0,
    DigitalSignature = 1 << 0,
    NonRepudiation = 1 << 1,
    KeyEncipherment = 1 << 2,
    DataEncipherment = 1 << 3,
    KeyAgreement = 1 << 4,
    KeyCertSign = 1 << 5,
    CrlSign = 1 << 6,
    EncipherOnly = 1 << 7,
    DecipherOnly = 1 << 8,
}
