using Google.Protobuf;
using Google.Protobuf.Reflection;
using Uptrakit.Qu.Daemon;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Tests.Daemon;

public sealed class OperatorAskTests
{
    /// <summary>Else it is done at the leader and refused at every other node.</summary>
    [Fact]
    public void Changes_ThatAnOperatorMayAskFor_AreTakenFromEveryNode()
    {
        List<string> asked = [];
        foreach (FieldDescriptor field in Command.Descriptor.Oneofs.Single(static o => o.Name == "change").Fields)
        {
            Command command = new();
            field.Accessor.SetValue(command, (IMessage)Activator.CreateInstance(field.MessageType.ClrType)!);
            if (!ControlService.MayOperatorAsk(command))
                continue;
            asked.Add(field.Name);
            Assert.True(LeaderDesk.MayForward(command), field.Name);
        }

        Assert.Contains("acknowledge", asked);
        Assert.Contains("put_window", asked);
    }
}
