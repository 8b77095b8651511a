using Uptrakit.Qu.Commands;
using Uptrakit.Qu.Daemon;
using Uptrakit.Quorum.Membership;

namespace Uptrakit.Tests.Daemon;

public sealed class NodeSettingsTests
{
    private static readonly Dictionary<string, string> None = [];

    private static (NodeFile? Node, string? Fault) Of(InitOptions flags, Dictionary<string, string> variables) =>
        NodeSettings.Of(flags, name => variables.GetValueOrDefault(name));

    [Fact]
    public void Settings_FlagsAndVariables_FlagsWin()
    {
        Dictionary<string, string> variables = new() { ["QUPTIME_BIND_PORT"] = "1001", ["QUPTIME_BIND_ADDR"] = "127.0.0.2", ["QUPTIME_ADVERTISE"] = "" };

        (NodeFile? node, string? fault) = Of(new InitOptions(null, null, 1002, null), variables);

        Assert.Null(fault);
        Assert.Equal(("127.0.0.2", 1002, "127.0.0.2:1002"), (node!.BindAddress, node.BindPort, node.Advertise));
    }

    [Theory]
    [InlineData("a.example", null, null)]
    [InlineData("0.0.0.0:9901", null, null)]
    [InlineData(null, "nowhere", null)]
    [InlineData(null, null, 0)]
    public void Settings_ThatMakeNoSense_AreRefused(string? advertise, string? bind, int? port)
    {
        (NodeFile? node, string? fault) = Of(new InitOptions(advertise, bind, port, null), None);

        Assert.Null(node);
        Assert.NotEmpty(fault!);
    }

    [Fact]
    public void Settings_SeveralBadVariables_AreAllNamed()
    {
        (_, string? fault) = Of(new InitOptions(null, null, null, null), new() { ["QUPTIME_BIND_PORT"] = "x", ["QUPTIME_NODE_ID"] = "y" });

        Assert.Contains("QUPTIME_BIND_PORT", fault, StringComparison.Ordinal);
        Assert.Contains("QUPTIME_NODE_ID", fault, StringComparison.Ordinal);
    }
}
