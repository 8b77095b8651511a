using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Files;

namespace Uptrakit.Qu.Web;

/// <summary>A certificate that the operator gives, as files that a renewal replaces: what is in them now is what the next handshake shows.</summary>
internal sealed class GivenCertificate
{
    private const int MaxBytes = 256 * 1024;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);
    private readonly string certificateFile;
    private readonly string keyFile;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private ILogger? logger;
    private byte[] digest = [];
    private SslStreamCertificateContext context;
    private long looked;

    private GivenCertificate(string certificateFile, string keyFile, string text, string key, SslStreamCertificateContext context, TimeProvider clock)
    {
        (this.certificateFile, this.keyFile, this.context, this.clock) = (certificateFile, keyFile, context, clock);
        digest = DigestOf(text, key);
        looked = clock.GetTimestamp();
    }

    /// <param name="certificateFile">PEM: the certificate, then those between it and its root.</param>
    /// <param name="keyFile">PEM: its key, not encrypted. Empty: in the same file.</param>
    /// <param name="clock">Says when to look again.</param>
    /// <param name="given">The certificate.</param>
    /// <param name="fault">Which file is wrong, and how.</param>
    public static bool TryLoad(string certificateFile, string keyFile, TimeProvider clock, out GivenCertificate? given, out string fault)
    {
        given = null;
        if (!TryRead(certificateFile, keyFile, out string text, out string key, out fault) || !TryParse(certificateFile, text, key, out SslStreamCertificateContext? context, out fault))
            return false;
        given = new(certificateFile, keyFile, text, key, context!, clock);
        return true;
    }

    /// <summary>From now on what happens to the files is told there.</summary>
    public void LogTo(ILogger log)
    {
        logger = log;
        Tell(context.TargetCertificate);
    }

    /// <summary>For a handshake. Files that cannot be used leave what there was in force: a renewal that is half done ends no service.</summary>
    public SslStreamCertificateContext Now()
    {
        lock (gate)
        {
            if (clock.GetElapsedTime(looked) < Look)
                return context;
            looked = clock.GetTimestamp();
            if (!TryRead(certificateFile, keyFile, out string text, out string key, out string fault))
            {
                Refuse(SHA256.HashData(Encoding.UTF8.GetBytes(fault)), fault);
                return context;
            }

            byte[] now = DigestOf(text, key);
            if (now.AsSpan().SequenceEqual(digest))
                return context;
            if (!TryParse(certificateFile, text, key, out SslStreamCertificateContext? changed, out fault))
            {
                Refuse(now, fault);
                return context;
            }

            // The former one is not disposed: handshakes that began with it go on.
            (context, digest) = (changed!, now);
            Tell(context.TargetCertificate);
            return context;
        }
    }

    /// <summary>Told once for what is in the files, not at every handshake.</summary>
    private void Refuse(byte[] now, string fault)
    {
        if (!now.AsSpan().SequenceEqual(digest))
            logger?.CertificateUnreadable(fault);
        digest = now;
    }

    private void Tell(X509Certificate2 leaf)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        (DateTime from, DateTime until) = (leaf.NotBefore.ToUniversalTime(), leaf.NotAfter.ToUniversalTime());
        if (now < from || now > until)
            logger?.CertificateNotValid(from, until);
        else
            logger?.CertificateRead(until);
    }

    private static bool TryRead(string certificateFile, string keyFile, out string text, out string key, out string fault)
    {
        key = "";
        if (keyFile.Length == 0)
        {
            bool alone = SecretFile.TryRead(certificateFile, out text, out string why);
            key = text;
            fault = alone ? "" : $"http_cert_file (with the key in it, since there is no http_key_file): {why}";
            return alone;
        }

        if (!TryReadPublic(certificateFile, out text, out fault))
            return false;
        bool read = SecretFile.TryRead(keyFile, out key, out string unreadable);
        fault = read ? "" : $"http_key_file: {unreadable}";
        return read;
    }

    private static bool TryReadPublic(string path, out string text, out string fault)
    {
        text = fault = "";
        try
        {
            FileInfo file = new(path);
            // One into which nobody writes would keep the start, and later each handshake, for ever.
            if (BoundedFile.IsPipe(path))
                fault = $"http_cert_file: {path} is a pipe, and what is renewed is read again: name a file";
            else if (file.Exists && file.Length > MaxBytes)
                fault = $"http_cert_file: {path} is larger than {MaxBytes / 1024} KiB";
            else
                text = File.ReadAllText(path);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            fault = $"http_cert_file: {path} cannot be read ({broken.Message})";
        }

        return fault.Length == 0;
    }

    private static bool TryParse(string certificateFile, string text, string key, out SslStreamCertificateContext? context, out string fault)
    {
        context = null;
        fault = "";
        try
        {
            X509Certificate2 leaf = X509Certificate2.CreateFromPem(text, key);
            X509Certificate2Collection chain = [];
            chain.ImportFromPem(text);
            X509Certificate2Collection between = [.. chain.Where(each => !each.RawDataMemory.Span.SequenceEqual(leaf.RawDataMemory.Span))];
            // Offline: nothing is fetched from the addresses that a certificate names.
            context = SslStreamCertificateContext.Create(leaf, between, offline: true);
            return true;
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException)
        {
            // The message of the platform may quote what it could not read.
            fault = $"http_cert_file: {certificateFile} and its key do not go together: both are PEM, the certificate comes first in its file, and the key is its own and not encrypted";
            return false;
        }
    }

    private static byte[] DigestOf(string text, string key) => SHA256.HashData(Encoding.UTF8.GetBytes($"{text.Length}\n{text}{key}"));
}
