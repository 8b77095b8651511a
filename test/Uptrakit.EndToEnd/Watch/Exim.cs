using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MimeKit;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd.Watch;

/// <summary>A real Exim: its own configuration, spool, log and mailbox in one folder, STARTTLS on one port and TLS from the first byte on another.</summary>
/// <remarks>
/// It takes mail only from who has logged in, and lets nobody log in in clear. OpenSMTPD and Postfix were looked at first: the one has its control
/// socket and its spool compiled in, the other its programs that must belong to a group of the system; both would share them with a server of the machine.
/// </remarks>
internal sealed class Exim : IAsyncDisposable
{
    public const string User = "alerts";
    private const string Program = "/usr/sbin/exim4";
    private const string Account = "Debian-exim";
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);
    private readonly ScratchFolder folder = new();
    private readonly LoggedProcess process = new("exim");

    public int StartTlsPort { get; } = Ports.Free();

    public int TlsPort { get; } = Ports.Free();

    /// <summary>What it says of each connection and message.</summary>
    public string Log => Directory.Exists(folder["log"]) ? string.Join('\n', Directory.GetFiles(folder["log"]).Select(ReadShared)) : "";

    /// <summary>The mails that were delivered, as they are on the disk.</summary>
    public IReadOnlyList<string> Mails => Directory.Exists(folder["mail/new"]) ? [.. Directory.GetFiles(folder["mail/new"]).Order().Select(static path => File.ReadAllText(path, System.Text.Encoding.Latin1))] : [];

    public static void SkipWhereMissing()
    {
        Assert.SkipUnless(File.Exists(Program), "exim4 is not installed (Debian: exim4-daemon-light)");
        // It listens for users that are root or its own only, whatever the port.
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "exim4 becomes a daemon for root only");
    }

    public static MimeMessage Read(string mail)
    {
        using MemoryStream bytes = new(System.Text.Encoding.Latin1.GetBytes(mail));
        return MimeMessage.Load(bytes);
    }

    public async Task StartAsync(X509Certificate2 leaf, string password, CancellationToken cancel)
    {
        foreach (string part in (string[])["spool", "log", "mail"])
            Directory.CreateDirectory(folder[part]);
        using (ECDsa key = leaf.GetECDsaPrivateKey()!)
        {
            await File.WriteAllTextAsync(folder["leaf.pem"], leaf.ExportCertificatePem(), cancel);
            await File.WriteAllTextAsync(folder["leaf.key"], key.ExportPkcs8PrivateKeyPem(), cancel);
            await File.WriteAllTextAsync(folder["password"], password, cancel);
        }

        await File.WriteAllTextAsync(folder["exim.conf"], Configuration(folder.Path), cancel);
        (await Ran.OfAsync(new ProcessStartInfo("chown", ["-R", $"{Account}:", folder.Path]), cancel)).Expect(0);
        (await Ran.OfAsync(new ProcessStartInfo("chown", ["root:root", folder["exim.conf"]]), cancel)).Expect(0);
        process.Launch(new ProcessStartInfo(Program, ["-C", folder["exim.conf"], "-bdf"]) { WorkingDirectory = folder.Path });
        await process.UntilAsync("exim listens", _ => Task.FromResult(Log.Contains("daemon started", StringComparison.Ordinal)), StartTime, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        folder.Dispose();
    }

    private string Configuration(string root) => """
        exim_user = ACCOUNT
        exim_group = ACCOUNT
        spool_directory = ROOT/spool
        log_file_path = ROOT/log/%slog
        pid_file_path = ROOT/spool/pid
        primary_hostname = mail.example.org
        domainlist local_domains = example.org
        local_interfaces = 127.0.0.1
        daemon_smtp_ports = PORT1 : PORT2
        tls_on_connect_ports = PORT2
        tls_advertise_hosts = *
        tls_certificate = ROOT/leaf.pem
        tls_privatekey = ROOT/leaf.key
        auth_advertise_hosts = ${if def:tls_in_cipher {*}{}}
        acl_smtp_mail = accept
        acl_smtp_rcpt = taken
        acl_smtp_data = accept
        host_lookup =
        rfc1413_query_timeout = 0s
        keep_environment =
        begin acl
        taken:
          require authenticated = *
          accept domains = +local_domains
          deny
        begin routers
        all:
          driver = accept
          domains = +local_domains
          transport = box
        begin transports
        box:
          driver = appendfile
          directory = ROOT/mail
          maildir_format
          user = ACCOUNT
          group = ACCOUNT
        begin retry
        * * F,1h,1m
        begin authenticators
        plain:
          driver = plaintext
          public_name = PLAIN
          server_prompts = :
          server_condition = ${if and {{eq {$auth2}{USER}} {eq {$auth3}{${readfile{ROOT/password}{}}}}} }
          server_set_id = $auth2

        """
        .Replace("ROOT", root, StringComparison.Ordinal)
        .Replace("ACCOUNT", Account, StringComparison.Ordinal)
        .Replace("USER", User, StringComparison.Ordinal)
        .Replace("PORT1", $"{StartTlsPort}", StringComparison.Ordinal)
        .Replace("PORT2", $"{TlsPort}", StringComparison.Ordinal);

    private static string ReadShared(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(file);
        return reader.ReadToEnd();
    }
}
