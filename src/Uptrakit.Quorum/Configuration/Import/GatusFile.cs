using System.Security.Cryptography;
using System.Text;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Text;

namespace Uptrakit.Quorum.Configuration.Import;

/// <summary>Reads a configuration of Gatus.</summary>
internal static class GatusFile
{
    public const int MaxBytes = 8 * 1024 * 1024;

    private static readonly string[] Taken = ["endpoints", "services", "external-endpoints", "alerting", "maintenance"];

    public static Imported Read(string text)
    {
        YamlFaults faults = new();
        if (!YamlTree.TryRead(text, MaxBytes, YamlDialect.Foreign, faults, out YamlMap? root))
            return new Imported { Fault = faults.Found[0].ToString() };
        ForeignFields file = new(root!);
        if (!Taken.Any(file.Has))
            return new Imported { Fault = "is no configuration of Gatus: it has neither endpoints nor alerting" };

        Imported imported = new();
        foreach (string section in file.Names.Where(static name => !Taken.Contains(name)))
            imported.Note($"section '{Validation.Shown(section)}' is left out: there is nothing like it in a file of qu");
        IReadOnlyDictionary<string, string> alerts = new GatusAlerting(file.Map("alerting"), imported).Read();
        GatusEndpoints endpoints = new(alerts, imported);
        foreach (ForeignFields endpoint in file.Items("endpoints").Concat(file.Items("services")))
            endpoints.Read(endpoint);
        foreach (ForeignFields endpoint in file.Items("external-endpoints"))
            ReadExternal(endpoint, endpoints, imported);
        if (file.Has("maintenance"))
            GatusMaintenance.Read(file.Map("maintenance"), check: null, imported);
        return imported;
    }

    /// <summary>Somebody else tells the result: that is our push check, except that a beat always means well.</summary>
    private static void ReadExternal(ForeignFields endpoint, GatusEndpoints endpoints, Imported imported)
    {
        string name = imported.NameOfCheck(endpoint.Text("name"));
        if (endpoint.Text("token") is not { } token || Variables.In(token) is not null)
        {
            imported.Note($"check '{name}' is left out: its token is missing or in a variable, and without it no beat can be recognised");
            return;
        }

        if (!Durations.TryParse(endpoint.Map("heartbeat").Text("interval"), out TimeSpan interval) || interval == TimeSpan.Zero)
        {
            imported.Note($"check '{name}' is left out: it has no heartbeat interval, and silence is all that qu looks for");
            return;
        }

        Check check = new()
        {
            Name = name,
            Type = CheckType.Push,
            Enabled = endpoint.Flag("enabled", true),
            IntervalMs = (long)interval.TotalMilliseconds,
            TimeoutMs = (long)Validation.DefaultTimeoutFor(interval).TotalMilliseconds,
        };
        imported.Set(check, "key_sha256", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token))));
        endpoints.Group(check, endpoint);
        endpoints.Alerts(check, endpoint);
        if (imported.Add(check))
            imported.Note($"check '{name}': beats go to /push/<check-id> of a node, with the old token as the key; a beat that tells of a failure is not understood");
    }
}
