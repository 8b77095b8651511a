using Uptrakit.Contracts.Gateway;
using Uptrakit.Services;

namespace Uptrakit.Tests.Agent;

public sealed class ProgramTests
{
    [Fact]
    public void Profiles_OfTheExecutables_SayWhatTheyAre()
    {
        ServiceProfile agent = Uptrakit.Agent.Program.Profile;
        ServiceProfile mqtt = Uptrakit.Mqtt.Program.Profile;

        Assert.Equal(("uptrakit-agent", ServiceKind.Agent), (agent.Program, agent.Kind));
        Assert.Equal(("uptrakit-mqtt", ServiceKind.Mqtt), (mqtt.Program, mqtt.Kind));
    }
}
