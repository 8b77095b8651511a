using Uptrakit.Qu.Commands;

namespace Uptrakit.Tests.Commands;

public sealed class QuPathsTests
{
    private static readonly QuPaths OfRoot = new("/etc/quptime", "/var/run/quptime/quptime.sock");

    [Fact]
    public void Paths_OfRoot_AreTheSystems() =>
        Assert.Equal(OfRoot, Of(0, ("XDG_RUNTIME_DIR", "/run/user/0"), ("HOME", "/root")));

    [Fact]
    public void Paths_OfAUser_AreTheirs()
    {
        Assert.Equal(new QuPaths("/home/u/.config/quptime", "/run/user/7/quptime/quptime.sock"), Of(7, ("HOME", "/home/u")));
        Assert.Equal(new QuPaths("/c/quptime", "/r/quptime/quptime.sock"),
            Of(7, ("XDG_CONFIG_HOME", "/c"), ("XDG_RUNTIME_DIR", "/r")));
    }

    [Fact]
    public void Paths_OwnVariables_WinUnlessEmpty()
    {
        Assert.Equal(new QuPaths("/d", "/s"), Of(0, ("QUPTIME_DIR", "/d"), ("QUPTIME_SOCKET", "/s")));
        Assert.Equal(OfRoot, Of(0, ("QUPTIME_DIR", ""), ("QUPTIME_SOCKET", "")));
    }

    private static QuPaths Of(uint userId, params (string Name, string Value)[] variables) =>
        QuPaths.Of(name => variables.FirstOrDefault(variable => variable.Name == name).Value, userId);
}
