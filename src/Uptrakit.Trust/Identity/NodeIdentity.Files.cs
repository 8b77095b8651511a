using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Trust.Identity;

/// <content>The identity on disk, and its successor during a rotation of the key.</content>
public sealed partial class NodeIdentity
{
    private const string NextName = "next";

    /// <summary>
    /// Writes <c>private.pem</c> (PKCS#8, 0600), <c>public.pem</c> and <c>cert.pem</c>, each durably and in this order. The
    /// folder is made (0700) where it is missing.
    /// </summary>
    /// <param name="keysFolder">The folder, usually <c>keys</c> in the data folder.</param>
    /// <remarks>After a crash the folder holds the old pair, the new pair, or files that <see cref="TryLoad"/> refuses.</remarks>
    /// <exception cref="IOException">The disk is full, or the device failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public void Save(string keysFolder) => KeyFolder.Write(keysFolder, Certificate);

    /// <summary>Writes this identity as the one that is to follow, under <c>next/</c>. The current one stays in force.</summary>
    /// <param name="keysFolder">The folder of the current identity.</param>
    /// <remarks>What an earlier attempt left under <c>next/</c> is removed first, so that a crash cannot mix the two.</remarks>
    /// <exception cref="IOException">The disk is full, or the device failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public void SaveNext(string keysFolder)
    {
        string next = NextOf(keysFolder);
        KeyFolder.Remove(next);
        KeyFolder.Write(next, Certificate);
    }

    /// <summary>Reads the identity, and completes a <see cref="PromoteNext"/> that a crash interrupted.</summary>
    /// <param name="keysFolder">The folder.</param>
    /// <param name="nodeId">Whose identity it is; the certificate is not asked.</param>
    /// <param name="identity">The identity, or null when refused.</param>
    /// <param name="fault">
    /// Null, or a sentence for the operator with the path and what to do: a file is missing, the private key can be read by
    /// group or others or belongs to someone else, the key does not belong to the certificate, the PEM cannot be read.
    /// </param>
    /// <returns>Whether the identity was read. Does not throw for what is in the folder.</returns>
    public static bool TryLoad(
        string keysFolder, NodeId nodeId, [NotNullWhen(true)] out NodeIdentity? identity, [NotNullWhen(false)] out string? fault)
    {
        ArgumentNullException.ThrowIfNull(nodeId);
        identity = null;
        fault = FinishPromotion(keysFolder);
        if (fault is not null || !KeyFolder.TryRead(keysFolder, out X509Certificate2? pair, out fault))
            return false;

        identity = new NodeIdentity(nodeId, pair);
        return true;
    }

    /// <summary>Reads the identity that is to follow.</summary>
    /// <param name="keysFolder">The folder of the current identity.</param>
    /// <param name="nodeId">Whose identity it is.</param>
    /// <param name="identity">The next identity, or null.</param>
    /// <param name="fault">
    /// Null when there is no next identity (also when writing it was interrupted); else as in <see cref="TryLoad"/>.
    /// </param>
    /// <returns>Whether there is a next identity and it could be read.</returns>
    public static bool TryLoadNext(
        string keysFolder, NodeId nodeId, [NotNullWhen(true)] out NodeIdentity? identity, out string? fault)
    {
        ArgumentNullException.ThrowIfNull(nodeId);
        identity = null;
        fault = null;
        string next = NextOf(keysFolder);
        if (!KeyFolder.HasCertificate(next) || !KeyFolder.TryRead(next, out X509Certificate2? pair, out fault))
            return false;

        identity = new NodeIdentity(nodeId, pair);
        return true;
    }

    /// <summary>Makes the next identity the current one and removes it from <c>next/</c>.</summary>
    /// <param name="keysFolder">The folder of the current identity.</param>
    /// <remarks>
    /// <c>next/</c> stays whole until the current files are, so a crash anywhere in between is completed by the next
    /// <see cref="TryLoad"/>. Call it only when every peer has pinned the next key.
    /// </remarks>
    /// <exception cref="InvalidOperationException">There is no next identity, or it cannot be read: see the message.</exception>
    /// <exception cref="IOException">The disk is full, or the device failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static void PromoteNext(string keysFolder)
    {
        string next = NextOf(keysFolder);
        if (!KeyFolder.TryRead(next, out X509Certificate2? pair, out string? fault))
            throw new InvalidOperationException(fault);

        using (pair)
            KeyFolder.Write(keysFolder, pair);
        KeyFolder.Remove(next);
    }

    /// <summary>Forgets the next identity: the rotation was given up. None being there is no error.</summary>
    /// <param name="keysFolder">The folder of the current identity.</param>
    /// <exception cref="IOException">The device failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static void DiscardNext(string keysFolder) => KeyFolder.Remove(NextOf(keysFolder));

    private static string? FinishPromotion(string keysFolder)
    {
        string next = NextOf(keysFolder);
        if (!KeyFolder.HasCertificate(next))
            return null;
        // A next key that is also the current private key: promotion has begun, and nothing else does that.
        if (KeyFolder.PrivateFingerprint(next) is not { } coming
            || KeyFolder.PrivateFingerprint(keysFolder) is not { } current
            || !coming.Matches(current))
            return null;

        try
        {
            PromoteNext(keysFolder);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return $"the change of key that was begun in {keysFolder} could not be completed: {e.Message}";
        }
    }

    private static string NextOf(string keysFolder) => Path.Combine(keysFolder, NextName);
}
