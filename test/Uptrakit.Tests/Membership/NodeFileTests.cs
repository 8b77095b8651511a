using CsCheck;
using Uptrakit.Quorum.Membership;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Membership;

public sealed class NodeFileTests
{
    private const string Id = "0f8fad5b-d9cb-469f-a165-70867728950e";

    [Fact]
    public void Parse_FileOfTheOldProgram_IsUnderstoodAndItsSecretReported()
    {
        string text = $"node_id: {Id.ToUpperInvariant()}\nbind_addr: 10.0.0.5\nbind_port: 9902\nadvertise: a.example:9902\ncluster_secret: s3cr3t\n";

        Assert.True(NodeFile.TryParse(text, out NodeFile? node, out _, out bool hadSecret));

        Assert.True(hadSecret);
        Assert.Equal(new NodeFile { NodeId = Id, BindAddress = "10.0.0.5", BindPort = 9902, Advertise = "a.example:9902" }, node);
        string blanked = node!.Render();
        Assert.DoesNotContain("s3cr3t", blanked, StringComparison.Ordinal);
        Assert.True(NodeFile.TryParse(blanked, out NodeFile? again, out _, out hadSecret));
        Assert.False(hadSecret);
        Assert.Equal(node, again);
    }

    [Theory]
    [InlineData("cluster_secret: \"\"", false)]
    [InlineData("cluster_secret:", false)]
    [InlineData("cluster_secret: [x]", true)]
    public void Parse_ClusterSecret_IsReportedOnlyWhenItHoldsSomething(string line, bool had)
    {
        Assert.True(NodeFile.TryParse($"node_id: {Id}\n{line}\n", out _, out _, out bool hadSecret));
        Assert.Equal(had, hadSecret);
    }

    [Fact]
    public void Parse_Defaults_AreThoseOfTheContract()
    {
        Assert.True(NodeFile.TryParse($"node_id: {Id}\n", out NodeFile? node, out _, out _));
        Assert.Equal(("0.0.0.0", 9901, "", Role.Voter, ""), (node!.BindAddress, node.BindPort, node.Advertise, node.Role, node.ClusterId));
    }

    [Fact]
    public void Parse_EverythingWrong_ReportsEveryFaultWithItsPlace()
    {
        Assert.False(NodeFile.TryParse(
            "node_id: x\nbind_addr: localhost\nbind_port: 0\nadvertise: '0.0.0.0:1'\nrole: boss\nbind_prt: 1\n",
            out NodeFile? node, out IReadOnlyList<YamlFault> faults, out _));

        Assert.Null(node);
        Assert.Equal([1, 2, 3, 4, 5, 6], faults.Select(fault => fault.Line).Order());
        Assert.Contains(faults, fault => fault.Message.Contains("did you mean 'bind_port'?", StringComparison.Ordinal));
        Assert.DoesNotContain(faults, fault => fault.Message.Contains("advertise: advertise:", StringComparison.Ordinal));
    }

    [Fact]
    public void Render_AnyNode_ComesBack() =>
        Gen.Select(
                Gen.Guid.Where(id => id != Guid.Empty), Gen.Int[1, 65535], Gen.Bool,
                Gen.Int[0, 2].Select(i => new[] { "", "a:1", "[2001:db8::1]:9901" }[i]))
            .Sample((id, port, probe, advertise) =>
            {
                NodeFile node = new()
                {
                    NodeId = id.ToString(), BindAddress = "::", BindPort = port, Advertise = advertise,
                    Role = probe ? Role.Probe : Role.Voter, ClusterId = probe ? Id : "",
                    HttpCertFile = probe ? "/etc/ssl/page.pem" : "", HttpKeyFile = probe ? "/etc/ssl/page.key" : "",
                };
                Assert.True(NodeFile.TryParse(node.Render(), out NodeFile? again, out _, out _));
                Assert.Equal(node, again);
            });

    [Theory]
    [InlineData("https://hc.example.org/abc", "1m", 60)]
    [InlineData("file:/etc/quptime/secrets/beat.url", "10s", 10)]
    [InlineData("env:QUPTIME_SECRET_BEAT", "1h", 3600)]
    public void Heartbeat_ComesBackAndIsNotInItsText(string url, string interval, int seconds)
    {
        Assert.True(NodeFile.TryParse($"node_id: {Id}\nheartbeat_url: {url}\nheartbeat_interval: {interval}\n", out NodeFile? node, out _, out _));

        Assert.Equal((url, TimeSpan.FromSeconds(seconds)), (node!.HeartbeatUrl, node.HeartbeatInterval));
        Assert.True(NodeFile.TryParse(node.Render(), out NodeFile? again, out _, out _));
        Assert.Equal(node, again);
        Assert.DoesNotContain(url, node.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("heartbeat_url: hush-hush-3141")]
    [InlineData("heartbeat_url: ftp://hush-hush-3141/")]
    [InlineData("heartbeat_url: file:relative")]
    [InlineData("heartbeat_interval: 9s")]
    [InlineData("heartbeat_interval: 2h")]
    [InlineData("heartbeat_interval: often")]
    public void Heartbeat_ThatMakesNoSense_IsAFaultThatDoesNotRepeatTheUrl(string line)
    {
        Assert.False(NodeFile.TryParse($"node_id: {Id}\n{line}\n", out _, out IReadOnlyList<YamlFault> faults, out _));

        Assert.DoesNotContain("hush-hush", Assert.Single(faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WithEnvironment_VariablesWin_EmptyOnesDoNot()
    {
        NodeFile node = new() { NodeId = Id, BindPort = 1, Advertise = "a:1" };
        Dictionary<string, string> env = new()
        {
            ["QUPTIME_BIND_PORT"] = "9999", ["QUPTIME_ADVERTISE"] = "", ["QUPTIME_BIND_ADDR"] = "127.0.0.1", ["QUPTIME_CLUSTER_SECRET"] = "x",
        };

        NodeFile result = node.WithEnvironment(name => env.GetValueOrDefault(name), out IReadOnlyList<string> faults);

        Assert.Empty(faults);
        Assert.Equal(node with { BindPort = 9999, BindAddress = "127.0.0.1" }, result);
    }

    [Fact]
    public void WithEnvironment_InvalidValues_NameTheirVariables()
    {
        NodeFile node = new() { NodeId = Id };

        NodeFile result = node.WithEnvironment(_ => "no!", out IReadOnlyList<string> faults);

        Assert.Equal(node, result);
        Assert.Equal(["QUPTIME_NODE_ID", "QUPTIME_BIND_ADDR", "QUPTIME_BIND_PORT", "QUPTIME_ADVERTISE", "QUPTIME_HTTP",
            "QUPTIME_HTTP_TOKEN_FILE", "QUPTIME_HTTP_CERT_FILE", "QUPTIME_HTTP_KEY_FILE", "QUPTIME_ALERT_PROGRAMS", "QUPTIME_HEARTBEAT_URL",
            "QUPTIME_HEARTBEAT_INTERVAL"],
            faults.Select(fault => fault.Split(':')[0]));
    }

    [Fact]
    public void TryLoad_MissingOrBinaryOrHugeFile_IsAFault()
    {
        string folder = Directory.CreateTempSubdirectory("uptrakit-").FullName;
        try
        {
            string path = Path.Combine(folder, "node.yaml");
            Assert.False(NodeFile.TryLoad(path, out _, out IReadOnlyList<YamlFault> faults, out _));
            Assert.Single(faults);
            File.WriteAllBytes(path, [0xFF, 0xFE, 0x80]);
            Assert.False(NodeFile.TryLoad(path, out _, out faults, out _));
            Assert.Contains("UTF-8", Assert.Single(faults).Message, StringComparison.Ordinal);
            File.WriteAllText(path, new string('#', 100_000));
            Assert.False(NodeFile.TryLoad(path, out _, out faults, out _));
            Assert.Contains("larger", Assert.Single(faults).Message, StringComparison.Ordinal);
            File.WriteAllText(path, $"node_id: {Id}\n");
            Assert.True(NodeFile.TryLoad(path, out NodeFile? node, out _, out _));
            Assert.Equal(Id, node!.NodeId);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
