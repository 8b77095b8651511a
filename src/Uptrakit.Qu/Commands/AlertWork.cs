using Uptrakit.Qu.Control;
using Uptrakit.Quorum.Alerts.Schema;
using Uptrakit.Quorum.State;
using Change = Uptrakit.Quorum.State.Command;

namespace Uptrakit.Qu.Commands;

/// <summary>What the alert commands do.</summary>
internal sealed class AlertWork(DaemonClient daemon, Terminal terminal)
{
    internal static Alert? Find(ReadReply state, string idOrName) =>
        state.Alerts.FirstOrDefault(alert => alert.Id == idOrName)
        ?? state.Alerts.FirstOrDefault(alert => alert.Name == idOrName);

    internal async Task<int> AddAsync(AlertType type, AlertEdits edits, CancellationToken cancel)
    {
        Alert alert = new() { Type = type, Enabled = true };
        if (await ApplyAsync(edits, alert, cancel) is int refused)
            return refused;
        if (alert.Url.Length == 0 && type == AlertType.Discord)
            return terminal.Fail(ExitCode.Usage, "missing --webhook",
                hint: "pass --webhook, or --webhook-file with a file that holds the URL");
        if (AlertSchema.FaultOf(alert) is { } fault)
            return terminal.Fail(ExitCode.Usage, fault, hint: $"'qu alert add {Kinds.Text(type)} --help' shows what there is");
        int code = await daemon.ApplyAsync(
            terminal, new Change { PutAlert = new PutAlert { Alert = alert } }, $"added alert {alert.Name}", cancel, isNew: true);
        return Tell(code, alert);
    }

    internal async Task<int> EditAsync(string idOrName, AlertEdits edits, CancellationToken cancel)
    {
        if (edits.AreNone)
            return terminal.Fail(ExitCode.Usage, "nothing to change",
                hint: "name at least one option, for example: qu alert edit ops --name operations");

        if (await FindAsync(idOrName, cancel) is not Alert alert)
            return NotFound(idOrName);
        if (await ApplyAsync(edits, alert, cancel) is int refused)
            return refused;
        return Tell(await PutAsync(alert, $"changed alert {alert.Name}", cancel), alert);
    }

    internal async Task<int> EnableAsync(string idOrName, bool enabled, CancellationToken cancel)
    {
        if (await FindAsync(idOrName, cancel) is not Alert alert)
            return NotFound(idOrName);
        alert.Enabled = enabled;
        return await PutAsync(alert, $"{(enabled ? "enabled" : "disabled")} alert {alert.Name}", cancel);
    }

    internal Task<int> RemoveAsync(string idOrName, CancellationToken cancel) => daemon.ApplyAsync(
        terminal, new Change { RemoveAlert = new RemoveById { Id = idOrName } }, $"removed alert {idOrName}", cancel);

    internal async Task<int> TestAsync(string idOrName, CancellationToken cancel)
    {
        TestAlertReply reply = await daemon.TestAlertAsync(idOrName, cancel);
        if (!reply.Found)
            return NotFound(idOrName);
        if (!reply.Delivered)
            return terminal.Fail(ExitCode.Failed, $"the test message was not delivered: {reply.Message}");
        terminal.Say($"test message delivered to {idOrName}");
        if (terminal.Json)
            terminal.WriteObject(json => json.WriteBoolean("delivered", true));
        return (int)ExitCode.Done;
    }

    internal async Task<int> ListAsync(CancellationToken cancel)
    {
        ReadReply state = await daemon.ReadAsync(new ReadRequest { Alerts = true }, cancel);
        if (terminal.Json)
            AlertView.WriteJson(terminal, state.Alerts);
        else if (state.Alerts.Count == 0)
            terminal.Say("no alerts yet; add one: qu alert add webhook ops --url https://hooks.example.org/qu --default");
        else
            AlertView.WriteTable(terminal, state.Alerts);
        return (int)ExitCode.Done;
    }

    private async Task<Alert?> FindAsync(string idOrName, CancellationToken cancel) =>
        Find(await daemon.ReadAsync(new ReadRequest { Fresh = true, Alerts = true }, cancel), idOrName);

    // What the daemon left out when it was read stays empty here, and empty leaves the stored value as it is.
    private Task<int> PutAsync(Alert alert, string done, CancellationToken cancel) => daemon.ApplyAsync(
        terminal, new Change { PutAlert = new PutAlert { Alert = alert, ExpectedChangedIn = alert.ChangedIn } }, done, cancel);

    private int Tell(int code, Alert alert)
    {
        if (code == (int)ExitCode.Done)
            UnreadSecrets.Tell(terminal, alert);
        return code;
    }

    private async Task<int?> ApplyAsync(AlertEdits edits, Alert alert, CancellationToken cancel)
    {
        if (edits.Url is not null && edits.UrlFile is not null)
            return terminal.Fail(ExitCode.Usage, "--webhook and --webhook-file are both given", hint: "pass one of them");
        if (edits.SecretFile is not null && alert.Type != AlertType.Webhook)
            return terminal.Fail(ExitCode.Usage,
                $"--secret-file is for webhook alerts; this is a {Kinds.Text(alert.Type)} alert");

        alert.Name = edits.Name ?? alert.Name;
        alert.IsDefault = edits.IsDefault ?? alert.IsDefault;
        if (edits.Url is not null)
            SetUrl(alert, edits.Url);
        foreach (string set in edits.Set)
        {
            if (SetField(alert, set) is { } wrong)
                return terminal.Fail(ExitCode.Usage, $"--set: {wrong}");
        }

        if (await edits.Values.ApplyToAsync(alert, terminal, cancel) is { } fault)
            return terminal.Fail(ExitCode.Usage, fault);
        if (edits.UrlFile is not null)
            return await ReadUrlAsync(edits.UrlFile, alert, cancel);
        return edits.SecretFile is not null ? await ReadSecretAsync(edits.SecretFile, alert, cancel) : null;
    }

    private static string? SetField(Alert alert, string text)
    {
        int equals = text.IndexOf('=');
        AlertKind? kind = AlertSchema.Of(alert.Type);
        string name = equals > 0 ? text[..equals].Replace('-', '_') : "";
        if (kind?.Fields.FirstOrDefault(field => field.Name == name) is not { } field)
            return $"'{Validation.Shown(name)}' is not a field of {kind?.Word}; {string.Join(", ", kind?.Fields.Select(static f => f.Name) ?? [])} are, written field=value";
        string[] values = field.IsList ? text[(equals + 1)..].Split(',', StringSplitOptions.TrimEntries) : [text[(equals + 1)..]];
        foreach (string value in values.Where(static value => value.Length > 0))
        {
            if ((field.IsSecret && Secrets.IsReference(value) ? Secrets.FaultOf(value) : field.Check(value)) is { } fault)
                return $"{name}: {fault}";
        }

        field.Set(alert, values);
        return null;
    }

    private async Task<int?> ReadUrlAsync(string file, Alert alert, CancellationToken cancel)
    {
        SecretText url = await SecretText.ReadAsync(file, terminal, cancel);
        if ((url.Fault ?? Validation.FaultOfUrl(url.Value!)) is string fault)
            return terminal.Fail(ExitCode.Usage, $"--webhook-file: {fault}");
        SetUrl(alert, url.Value!);
        return null;
    }

    // In place of one that is sealed, too.
    private static void SetUrl(Alert alert, string url)
    {
        alert.Secrets.Remove("url");
        alert.Url = url;
    }

    private async Task<int?> ReadSecretAsync(string file, Alert alert, CancellationToken cancel)
    {
        SecretText secret = await SecretText.ReadAsync(file, terminal, cancel);
        if (secret.Fault is not null)
            return terminal.Fail(ExitCode.Usage, $"--secret-file: {secret.Fault}");
        alert.Secrets.Remove("secret");
        alert.Secret = secret.Value!;
        return null;
    }

    private int NotFound(string idOrName) =>
        terminal.Fail(ExitCode.Failed, $"no alert '{idOrName}'", hint: "'qu alert list' shows them");
}
