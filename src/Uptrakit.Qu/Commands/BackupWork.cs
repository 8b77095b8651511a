using Grpc.Core;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.Configuration;
using Uptrakit.Quorum.State;
using Change = Uptrakit.Quorum.State.Command;

namespace Uptrakit.Qu.Commands;

/// <summary>What `qu backup` and `qu restore` do.</summary>
internal sealed class BackupWork(DaemonClient daemon, CommandEnvironment environment)
{
    private const int MostNamed = 5;
    private readonly Terminal terminal = environment.Terminal;

    internal async Task<int> BackupAsync(string path, bool stale, CancellationToken cancel)
    {
        ReadReply state;
        try
        {
            state = await daemon.ReadAsync(new ReadRequest
            {
                Fresh = !stale, Checks = true, Alerts = true, Windows = true, Resolvers = true, Secrets = true, States = true,
            }, cancel);
        }
        catch (RpcException fault) when (fault is { StatusCode: StatusCode.Unavailable, Status.DebugException: null })
        {
            return terminal.Fail(ExitCode.Unreachable, fault.Status.Detail, hint: "if the cluster is lost for good, --stale saves what this node knows");
        }

        if (state.ClusterId.Length == 0)
            return terminal.Fail(ExitCode.Failed, "this node knows no state yet, so there is nothing to save", hint: "wait until 'qu status' shows a version");
        // In a new cluster nobody could open them.
        if (state.Closed.Count > 0)
        {
            return terminal.Fail(ExitCode.Failed, $"this node cannot open the secrets of {string.Join(", ", state.Closed.Take(MostNamed))}, so a backup would not hold them",
                hint: "take the backup on a voter, some seconds after it has joined; or set these secrets again");
        }

        Backup backup = Of(state);
        try
        {
            if (BackupFile.Write(path, backup) is { } refused)
                return terminal.Fail(ExitCode.Failed, $"--output: {refused}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return terminal.Fail(ExitCode.Failed, $"--output: {fault.Message}");
        }

        terminal.Say($"saved {Contents(backup)}, at version {backup.Version}, in {path}");
        terminal.Say("Secrets are in it. Members, their keys, enrollments, histories and the files of 'file:' secrets are not.");
        if (terminal.Json)
            terminal.WriteObject(json => WriteContents(json, backup));
        return (int)ExitCode.Done;
    }

    internal async Task<int> RestoreAsync(string path, bool replace, bool yes, CancellationToken cancel)
    {
        if (!BackupFile.TryRead(path, out Backup? backup, out string fault))
            return terminal.Fail(ExitCode.Failed, $"{path}: {fault}", hint: "nothing was restored");
        ReadReply state = await daemon.ReadAsync(new ReadRequest { Fresh = true, Checks = true, Alerts = true, Windows = true, Resolvers = true }, cancel);
        int there = state.Checks.Count + state.Alerts.Count + state.Windows.Count + state.Resolvers.Count;
        if (there > 0 && !replace)
            return terminal.Fail(ExitCode.Failed, $"this cluster has {Contents(state)} of its own", hint: "restore into a new cluster; or say --replace to remove all of that first");

        string question = $"{path} holds {Contents(backup)} of cluster {backup.ClusterId} at version {backup.Version}, saved at {Times.Iso(backup.TakenMs)}. "
            + (there > 0 ? $"Remove {Contents(state)} and put it in their place?" : "Put it into this cluster?");
        if (await terminal.ConfirmAsync(question, yes, cancel) is int no)
            return no;
        return await PutAsync(backup, replace, cancel);
    }

    private async Task<int> PutAsync(Backup backup, bool replace, CancellationToken cancel)
    {
        IReadOnlyList<Restore> parts = RestoreParts.Of(backup, replace);
        long version = 0;
        foreach (Restore part in parts)
        {
            ChangeReply reply = await daemon.ChangeAsync(new Change { Restore = part }, cancel);
            if (Answer.Refusal(terminal, reply) is int refused)
            {
                if (!part.Begins)
                    terminal.Say("a part of it is there by now: say 'qu restore --replace' to begin again");
                return refused;
            }

            version = reply.Outcome.Version;
        }

        terminal.Say($"restored {Contents(backup)}; the configuration is at version {version}");
        terminal.Say("Not in a backup: the other members, which join by new tokens ('qu enroll create'); histories; the files of 'file:' and the variables of "
            + "'env:' secrets; and what node.yaml says, such as the status page and its token.");
        if (terminal.Json)
            terminal.WriteObject(json =>
            {
                WriteContents(json, backup);
                json.WriteNumber("config_version", version);
            });
        return (int)ExitCode.Done;
    }

    private Backup Of(ReadReply state)
    {
        Backup backup = new()
        {
            ClusterId = state.ClusterId,
            Version = state.Version,
            TakenMs = environment.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
            NodeId = state.NodeId,
        };
        backup.Resolvers.AddRange(state.Resolvers);
        backup.Alerts.AddRange(state.Alerts);
        backup.Checks.AddRange(state.Checks);
        backup.Windows.AddRange(state.Windows);
        backup.States.AddRange(state.States);
        return backup;
    }

    private static string Contents(Backup backup) => Contents(backup.Checks.Count, backup.Alerts.Count, backup.Resolvers.Count, backup.Windows.Count);

    private static string Contents(ReadReply state) => Contents(state.Checks.Count, state.Alerts.Count, state.Resolvers.Count, state.Windows.Count);

    private static string Contents(int checks, int alerts, int resolvers, int windows) =>
        $"{checks} checks, {alerts} alerts, {resolvers} resolvers, {windows} maintenance windows";

    private static void WriteContents(System.Text.Json.Utf8JsonWriter json, Backup backup)
    {
        json.WriteString("cluster_id", backup.ClusterId);
        json.WriteNumber("version", backup.Version);
        json.WriteTime("taken_at", backup.TakenMs);
        json.WriteNumber("checks", backup.Checks.Count);
        json.WriteNumber("alerts", backup.Alerts.Count);
        json.WriteNumber("resolvers", backup.Resolvers.Count);
        json.WriteNumber("maintenance", backup.Windows.Count);
        json.WriteNumber("states", backup.States.Count);
    }
}
