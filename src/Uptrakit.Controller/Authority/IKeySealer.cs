using System.Diagnostics.CodeAnalysis;

namespace Uptrakit.Controller.Authority;

/// <summary>Keeps secrets unreadable in the database and in its backups.</summary>
internal interface IKeySealer
{
    /// <param name="secret">What to hide.</param>
    /// <param name="context">What it is for; the same words are needed to open it.</param>
    byte[] Seal(ReadOnlySpan<byte> secret, string context);

    /// <summary>The caller wipes what comes out. False when another key or context sealed it, or it was changed.</summary>
    bool TryUnseal(ReadOnlySpan<byte> sealedSecret, string context, [NotNullWhen(true)] out byte[]? secret);
}
