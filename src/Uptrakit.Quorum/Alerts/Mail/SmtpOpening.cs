using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts.Mail;

/// <summary>Opens a conversation with a mail server, encrypted as the alert says.</summary>
/// <remarks>
/// The mail library could do it, but it leaves the chain to the platform, which then fetches what a stranger's certificate names,
/// from wherever that leads, and blocks on it. So the handshake is ours, and the library begins where it ends.
/// </remarks>
internal static class SmtpOpening
{
    internal const string None = "none";
    internal const string StartTls = "starttls";
    internal const string Tls = "tls";

    /// <summary>More than any server has to say to one message.</summary>
    private const int Allowance = 256 * 1024;

    private const int LineLimit = 2048;
    private const int LinesLimit = 100;

    /// <summary>By which this machine introduces itself.</summary>
    internal static string OwnName { get; } = HostPort.TryParseHost(Environment.MachineName, out _) ? Environment.MachineName : "localhost";

    /// <param name="wire">Owned by what is returned; after an exception by the caller.</param>
    internal static async ValueTask<Stream> OpenAsync(
        Stream wire, string host, string security, X509Certificate2Collection? roots, CancellationToken cancel)
    {
        MailStream bounded = new(wire, Allowance);
        if (security == Tls)
            return await EncryptAsync(bounded, host, roots, cancel);
        if (security == None)
            return bounded;

        await ExpectAsync(bounded, 220, cancel);
        await SayAsync(bounded, $"EHLO {OwnName}", cancel);
        List<string> offers = await ExpectAsync(bounded, 250, cancel);
        // To go on in clear is what somebody who took the offer out of the answer waits for.
        if (!offers.Any(o => o.Equals("STARTTLS", StringComparison.OrdinalIgnoreCase)))
            throw new SmtpOpeningException("the server offers no STARTTLS");
        await SayAsync(bounded, "STARTTLS", cancel);
        await ExpectAsync(bounded, 220, cancel);
        // Read byte by byte so far: what somebody has put behind the answer in clear goes into the handshake and breaks it.
        SslStream secure = await EncryptAsync(bounded, host, roots, cancel);
        return new MailStream(secure, first: Encoding.ASCII.GetBytes("220 encrypted\r\n"));
    }

    private static async ValueTask<SslStream> EncryptAsync(
        Stream wire, string host, X509Certificate2Collection? roots, CancellationToken cancel)
    {
        X509ChainPolicy policy = new()
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        if (roots is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(roots);
        }

        SslStream secure = new(wire);
        await secure.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = host,
                EnabledSslProtocols = SslProtocols.None,
                AllowTlsResume = false,
                CertificateChainPolicy = policy,
            },
            cancel);
        return secure;
    }

    private static ValueTask SayAsync(Stream wire, string line, CancellationToken cancel) =>
        wire.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), cancel);

    private static async ValueTask<List<string>> ExpectAsync(Stream wire, int wanted, CancellationToken cancel)
    {
        List<string> lines = [];
        while (lines.Count < LinesLimit)
        {
            string line = await ReadLineAsync(wire, cancel);
            bool isReply = line.Length >= 3 && int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out _);
            if (!isReply)
                throw new SmtpOpeningException("the server does not speak SMTP");
            lines.Add(line.Length > 4 ? line[4..].Trim() : "");
            if (line.Length > 3 && line[3] == '-')
                continue;
            return int.Parse(line.AsSpan(0, 3), CultureInfo.InvariantCulture) == wanted
                ? lines
                : throw new SmtpOpeningException($"the server answers {line[..3]}");
        }

        throw new SmtpOpeningException("the server talks without an end");
    }

    private static async ValueTask<string> ReadLineAsync(Stream wire, CancellationToken cancel)
    {
        byte[] one = new byte[1];
        StringBuilder line = new();
        while (await wire.ReadAsync(one, cancel) == 1)
        {
            if (one[0] == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append((char)one[0]);
            if (line.Length > LineLimit)
                throw new SmtpOpeningException("the server talks without an end");
        }

        throw new SmtpOpeningException("the server has hung up");
    }
}

/// <summary>The server does not let a conversation begin. The message is ours: nothing of the server's but a status.</summary>
internal sealed class SmtpOpeningException(string message) : Exception(message);
