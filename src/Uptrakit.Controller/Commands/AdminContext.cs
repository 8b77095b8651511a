using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Grpc.Core;
using Uptrakit.CommandLine;

namespace Uptrakit.Controller.Commands;

/// <summary>What every command of `admin` works with.</summary>
internal sealed record AdminContext(CommandEnvironment Environment, StateFolder Folder)
{
    public Terminal Terminal => Environment.Terminal;

    /// <summary>Makes the command ask the Controller; one that does not answer becomes words and an exit code.</summary>
    public Verb Asks(Verb verb, Func<ControllerClient, ParseResult, CancellationToken, Task<int>> work) => verb.Does(async (parsed, cancel) =>
    {
        string socket = Path.Combine(Folder.Of(parsed), "control.sock");
        if (ControllerClient.Open(socket) is not { } opened)
            return Terminal.Fail(ExitCode.Usage, $"the path of the control socket is too long: {socket}", hint: "choose a shorter --state-dir");
        using ControllerClient client = opened;
        try
        {
            return await work(client, parsed, cancel);
        }
        catch (RpcException fault)
        {
            return ControllerFault.Report(Terminal, socket, fault);
        }
    });

    /// <summary>Reads an answer.</summary>
    public static T Read<T>(string json, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(json, type) ?? throw new InvalidDataException("the Controller answered nothing");

    /// <summary>Prints an answer as it came, indented, with names as the API has them.</summary>
    public void Print(string json) => Terminal.WriteJson(writer =>
    {
        using JsonDocument document = JsonDocument.Parse(json);
        document.RootElement.WriteTo(writer);
    });
}
