using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Uptrakit.Trust.Files;

namespace Uptrakit.Controller.Authority;

/// <summary>AES-256-GCM under a key that lies in a file of its own: who has only the database, or its backup, opens nothing.</summary>
/// <remarks>Layout: version (1), nonce (12), tag (16), ciphertext. The context is authenticated with it.</remarks>
internal sealed class KeySealer : IKeySealer, IDisposable
{
    /// <summary>The file in the state folder. Controllers that share a database share this key.</summary>
    public const string FileName = "seal.key";

    private const byte Version = 1;
    private const int KeySize = 32;
    private const int NonceSize = 12; // the only one AES-GCM is defined for without hashing (SP 800-38D, section 8.2)
    private const int TagSize = 16;
    private const int HeaderSize = 1 + NonceSize + TagSize;

    private readonly Lock gate = new();
    private readonly AesGcm cipher;

    private KeySealer(ReadOnlySpan<byte> key) => cipher = new AesGcm(key, TagSize);

    /// <summary>Reads the key file.</summary>
    /// <param name="folder">The state folder.</param>
    /// <param name="mayCreate">Only when nothing has been sealed yet: a new key opens nothing that an old one sealed.</param>
    /// <param name="sealer">The sealer.</param>
    /// <param name="fault">Else: a sentence with what to do.</param>
    public static bool TryOpen(
        string folder, bool mayCreate, [NotNullWhen(true)] out KeySealer? sealer, [NotNullWhen(false)] out string? fault)
    {
        sealer = null;
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            if (!mayCreate)
            {
                fault = $"{path} is missing, and the keys in the database cannot be opened without it: copy it from a backup, "
                    + "or from another Controller of this database";
                return false;
            }

            if (CreateFault(path) is { } broken)
            {
                fault = broken;
                return false;
            }
        }

        byte[] key = [];
        try
        {
            fault = Read(path, out key);
            sealer = fault is null ? new KeySealer(key) : null;
            return fault is null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    public byte[] Seal(ReadOnlySpan<byte> secret, string context)
    {
        byte[] output = new byte[HeaderSize + secret.Length];
        output[0] = Version;
        Span<byte> nonce = output.AsSpan(1, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        lock (gate)
            cipher.Encrypt(nonce, secret, output.AsSpan(HeaderSize), output.AsSpan(1 + NonceSize, TagSize), Bound(context));
        return output;
    }

    public bool TryUnseal(ReadOnlySpan<byte> sealedSecret, string context, [NotNullWhen(true)] out byte[]? secret)
    {
        secret = null;
        if (sealedSecret.Length <= HeaderSize || sealedSecret[0] != Version)
            return false;

        byte[] opened = new byte[sealedSecret.Length - HeaderSize];
        ReadOnlySpan<byte> nonce = sealedSecret.Slice(1, NonceSize);
        ReadOnlySpan<byte> tag = sealedSecret.Slice(1 + NonceSize, TagSize);
        try
        {
            lock (gate)
                cipher.Decrypt(nonce, sealedSecret[HeaderSize..], tag, opened, Bound(context));
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        secret = opened;
        return true;
    }

    public void Dispose() => cipher.Dispose();

    private static byte[] Bound(string context) => Encoding.UTF8.GetBytes($"uptrakit-seal-{Version}:{context}");

    private static string? CreateFault(string path)
    {
        byte[] key = RandomNumberGenerator.GetBytes(KeySize);
        try
        {
            DurableFile.Write(path, key, DurableFile.OwnerOnly);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{path} cannot be written: {e.Message}";
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static string? Read(string path, out byte[] key)
    {
        key = [];
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            // The mode of the very file that is open, not of whatever has that name by now.
            if ((File.GetUnixFileMode(file.SafeFileHandle) & ~DurableFile.OwnerOnly) != 0)
                return $"{path} can be read by other users: run 'chmod 600 {path}', and rotate the CA if anybody may have read it";
            if (file.Length != KeySize)
                return $"{path} does not hold {KeySize} bytes: copy it from a backup";

            key = new byte[KeySize];
            file.ReadExactly(key);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{path} cannot be read: {e.Message}";
        }
    }
}
