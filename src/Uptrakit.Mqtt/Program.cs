using Uptrakit.Contracts.Gateway;
using Uptrakit.Services;

namespace Uptrakit.Mqtt;

internal static class Program
{
    internal static readonly ServiceProfile Profile = new(
        "uptrakit-mqtt", ServiceKind.Mqtt, "The bridge to MQTT: a Service of the Controller, calls out only");

    private static Task<int> Main(string[] arguments) => ServiceCommandLine.RunAsync(Profile, arguments);
}
