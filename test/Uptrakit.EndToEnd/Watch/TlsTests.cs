using System.Security.Cryptography.X509Certificates;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Tests.Shared.Tls;

namespace Uptrakit.EndToEnd.Watch;

/// <summary>Certificates of every kind on a real nginx, looked at by tls and http checks.</summary>
public sealed class TlsTests(WatchedNode shared) : WatchTest(shared)
{
    private readonly WatchedNode shared = shared;
    private readonly Dictionary<string, int> ports = [];
    private readonly Nginx nginx = new();

    public override async ValueTask InitializeAsync()
    {
        Nginx.SkipWhereMissing();
        await base.InitializeAsync();
        TestCa unknown = TestCa.Root("Nobody's Root", Days(-30), Days(400));
        Show("good", shared.Ca.Leaf(Spec(90)));
        Show("soon", shared.Ca.Leaf(Spec(5)));
        Show("expired", shared.Ca.Leaf(Spec(-1)));
        Show("tomorrow", shared.Ca.Leaf(Spec(90) with { NotBefore = Days(1) }));
        Show("elsewhere", shared.Ca.Leaf(Spec(90) with { DnsNames = ["elsewhere.example.org"] }));
        Show("unknown", unknown.Leaf(Spec(90)));
        Show("mutual", shared.Ca.Leaf(Spec(90)));
        nginx.Write("clients.pem", shared.Ca.Certificate.ExportCertificatePem());
        ports["plain"] = Ports.Free();
        string servers = string.Concat(ports.Where(static each => each.Key != "plain").Select(each => $$"""
            server {
              listen 127.0.0.1:{{each.Value}} ssl;
              server_name localhost;
              ssl_certificate {{each.Key}}.pem;
              ssl_certificate_key {{each.Key}}.key;
              {{(each.Key == "mutual" ? "ssl_verify_client on; ssl_client_certificate clients.pem;" : "")}}
              location / { return 200 "well"; }
            }

            """));
        // One address, two names: who asks without a name gets the first.
        servers += $$"""
            server { listen 127.0.0.1:{{ports["good"]}} ssl; server_name other.example.org; ssl_certificate soon.pem; ssl_certificate_key soon.key; }
            server { listen 127.0.0.1:{{ports["plain"]}}; location / { return 200; } }
            """;
        await nginx.StartAsync(servers, ports["good"], Cancel);
    }

    public override async ValueTask DisposeAsync()
    {
        await nginx.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public Task Certificates_ByTlsChecks_AreJudgedByTheirDaysAndMoreWhenAsked() => JudgeAsync(
        Tls("up", "89 days", "good"),
        Tls("up", "89 days", "good", "--verify"),
        Tls("warn", "4 days", "soon"),
        Tls("up", "4 days", "soon", "--warn-days", "3"),
        Tls("down", "fewer than 7 days", "soon", "--fail-days", "7"),
        Tls("down", "has expired", "expired"),
        Tls("down", "not valid before", "tomorrow"),
        Tls("up", "89 days", "elsewhere"),
        Tls("down", "not for the name localhost", "elsewhere", "--verify"),
        Tls("up", "89 days", "elsewhere", "--verify", "--sni", "elsewhere.example.org"),
        Tls("up", "89 days", "unknown"),
        Tls("down", "not trusted", "unknown", "--verify"),
        Tls("warn", "4 days", "good", "--sni", "other.example.org"),
        Tls("down", "", "plain"));

    [Fact]
    public Task Certificates_OfHttpsTargets_AreJudgedWithChainAndName() => JudgeAsync(
        Https("up", "HTTP 200", "good"),
        Https("up", "HTTP 200", "soon"),
        Https("warn", "4 days", "soon", "--warn-days", "14"),
        Https("down", "certificate", "expired"),
        Https("up", "HTTP 200", "expired", "--insecure"),
        Https("down", "certificate", "elsewhere"),
        Https("down", "certificate", "unknown"),
        Https("down", "HTTP 400", "mutual"),
        Https("up", "HTTP 200", "mutual", "--client-certificate", Client("ours", shared.Ca)),
        Https("down", "HTTP 400", "mutual", "--client-certificate", Client("theirs", TestCa.Root("Their Root", Days(-30), Days(400)))));

    /// <summary>In the program that ours replaces, these edits did nothing until it was started anew.</summary>
    [Fact]
    public async Task Edit_OfDaysOrServerName_IsJudgedAtOnce()
    {
        // An interval that no test waits for: it is the edit that makes the node look.
        Expected days = Tls("warn", "4 days", "soon", "--interval", "1h");
        Expected name = Tls("up", "89 days", "good", "--interval", "1h", "--timeout", "5s");
        await JudgeAsync(days, name);

        await EditAsync(days, "--warn-days", "3");
        await EditAsync(name, "--sni", "other.example.org");

        await SeenAsync(days with { State = "up" }, name with { State = "warn", Words = "4 days" });
    }

    private static DateTimeOffset Days(double days) => TimeProvider.System.GetUtcNow().AddDays(days);

    private static LeafSpec Spec(double days) => new() { NotBefore = Days(-20), NotAfter = Days(days) };

    private void Show(string name, X509Certificate2 leaf)
    {
        using X509Certificate2 _ = leaf;
        nginx.Write(name, leaf);
        ports[name] = Ports.Free();
    }

    private string Client(string name, TestCa ca)
    {
        using X509Certificate2 leaf = ca.Leaf(Spec(30) with { CommonName = "probe", DnsNames = [], Purpose = LeafSpec.ClientAuth });
        return shared.Secret($"{name}.pem", $"{leaf.ExportCertificatePem()}\n{leaf.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()}\n");
    }

    private Expected Tls(string state, string words, string server, params string[] options) =>
        new(state, words, "tls", $"localhost:{ports[server]}", options);

    private Expected Https(string state, string words, string server, params string[] options) =>
        new(state, words, "http", $"https://localhost:{ports[server]}/", options);
}
