using System.Text;
using Microsoft.Win32.SafeHandles;
using Uptrakit.Trust.Files;

namespace Uptrakit.Trust.Anchors;

/// <summary>The roots of this machine, read once: "to pick up OS-level changes, restart" (tofu-and-tls-hardening).</summary>
public sealed class NativeRoots
{
    private const int MaximumFile = 8 << 20;
    private const int MaximumFiles = 4096;

    // As Debian, Red Hat, SUSE, Alpine and the BSDs have it; the first that is there is the one.
    private static readonly string[] WellKnown =
    [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ];

    private NativeRoots(AnchorSet anchors, IReadOnlyList<string> places)
    {
        Anchors = anchors;
        Places = places;
    }

    /// <summary>How many roots there are.</summary>
    public int Count => Anchors.Count;

    /// <summary>The files and folders they were read from.</summary>
    public IReadOnlyList<string> Places { get; }

    internal AnchorSet Anchors { get; }

    /// <summary>
    /// Reads what OpenSSL would: the file of <c>SSL_CERT_FILE</c> and the folders of <c>SSL_CERT_DIR</c> when one of them is
    /// set, else the first well-known file. What can not be read is left out; no roots is an answer too.
    /// </summary>
    /// <returns>The roots as they are now.</returns>
    public static NativeRoots Load() => Load(Environment.GetEnvironmentVariable, WellKnown);

    internal static NativeRoots Load(Func<string, string?> environment, IReadOnlyList<string> wellKnown)
    {
        string? file = environment("SSL_CERT_FILE");
        string[] folders = environment("SSL_CERT_DIR")?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (string.IsNullOrEmpty(file) && folders.Length == 0)
            file = wellKnown.FirstOrDefault(File.Exists);

        List<string> places = string.IsNullOrEmpty(file) ? [] : [file];
        List<ReadOnlyMemory<byte>> found = [.. places.SelectMany(Read)];
        foreach (string folder in folders)
            found.AddRange(ReadFolder(folder));
        return new NativeRoots(new AnchorSet(AnchorSource.NativeRoots, found), [.. places, .. folders]);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> ReadFolder(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder).Take(MaximumFiles).Order(StringComparer.Ordinal).SelectMany(Read)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static IReadOnlyList<ReadOnlyMemory<byte>> Read(string path)
    {
        try
        {
            using SafeFileHandle file = BoundedFile.Open(path);
            return BoundedFile.ReadAll(file, MaximumFile) is { } content ? PemBlocks.Of(Encoding.Latin1.GetString(content)) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
