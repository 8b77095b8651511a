using System.Security.Cryptography;
using Google.Protobuf;
using Uptrakit.Quorum.State;

namespace Uptrakit.EndToEnd;

/// <summary>Changes that tests ask for.</summary>
internal static class Make
{
    /// <summary>A name that no other test uses.</summary>
    public static string Name(string prefix) => $"{prefix}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";

    public static ByteString CommandId() => ByteString.CopyFrom(RandomNumberGenerator.GetBytes(16));

    /// <summary>A check that is in the state but costs nobody a probe.</summary>
    public static Command IdleCheck(string name) => Put(new Check
    {
        Name = name,
        Type = CheckType.Tcp,
        Target = "127.0.0.1:9",
        Enabled = false,
        IntervalMs = 3_600_000,
        TimeoutMs = 1000,
    });

    /// <param name="name">Its name.</param>
    /// <param name="url">What is probed.</param>
    /// <param name="alerts">Ids of alerts.</param>
    public static Command HttpCheck(string name, string url, params string[] alerts)
    {
        Check check = new()
        {
            Name = name,
            Type = CheckType.Http,
            Target = url,
            Enabled = true,
            IntervalMs = 2000,
            TimeoutMs = 2000,
        };
        check.AlertIds.AddRange(alerts);
        return Put(check);
    }

    public static Command Webhook(string name, string url, string secret = "") => new()
    {
        Id = CommandId(),
        PutAlert = new PutAlert
        {
            Alert = new Alert { Name = name, Type = AlertType.Webhook, Enabled = true, Url = url, Secret = secret },
        },
    };

    /// <summary>A webhook that is told of members and quorum, and of checks that name it.</summary>
    public static Command Watcher(string name, string url)
    {
        Command command = Webhook(name, url);
        command.PutAlert.Alert.WatchesCluster = true;
        return command;
    }

    private static Command Put(Check check) => new() { Id = CommandId(), PutCheck = new PutCheck { Check = check } };
}
