using System.CommandLine;
using Uptrakit.CommandLine;
using Uptrakit.Controller.Host;

namespace Uptrakit.Controller.Commands;

/// <summary>`uptrakit-controller serve`. Each option has a variable, UPTRAKIT_CONTROLLER_ and its name; the option wins.</summary>
internal static class ServeCommand
{
    internal static Verb Declare(CommandEnvironment environment, StateFolder folder)
    {
        List<Option> options = [];
        Option<string?> https = Text("--https-addr", "address:port", $"where HTTPS is served (default {ServeOptions.DefaultHttps})");
        Option<string?> database = Text("--database", "database",
            "a SQLite file (default controller.db in the state folder), or postgres://user@host/name, or a connection string of Npgsql");
        Option<string?> databaseFile = Text("--database-file", "file", "a file that holds what --database would, when that has a password");
        Option<string?> tlsCert = Text("--tls-cert", "file", "PEM of a server certificate of your own and the CAs above it");
        Option<string?> tlsKey = Text("--tls-key", "file", "PEM of its private key");
        Option<string?> caCert = Text("--ca-cert", "file", "PEM of a CA of your own and the CAs above it, up to the root");
        Option<string?> caKey = Text("--ca-key", "file", "PEM of its private key");
        Option<string?> pki = Text("--pki-addr", "host:port", "where CRL, OCSP and CA certificates are fetched; written into certificates");
        Option<string?> pkiHttp = Flags.OneOf("--pki-http",
            "listener opens the port of --pki-addr for plain HTTP; with external something else brings it here (default)",
            "listener", "external");
        Option<string?> publicAddress = Text("--public-addr", "host:port", "where Services and people reach this Controller");
        Option<string[]> san = Flags.List("--san", "name", "a name or address in the server certificate; repeat for more "
            + "(default: host name, FQDN and localhost, as found at the first start)");
        options.AddRange([pkiHttp, san]);

        Verb verb = new("serve", "Run the Controller in the foreground",
            "uptrakit-controller serve",
            "uptrakit-controller serve --state-dir ./state --https-addr 127.0.0.1:8443",
            "uptrakit-controller serve --san hub.example.org --database-file /etc/uptrakit/database");
        foreach (Option option in options)
            verb.Add(option);
        return verb.Does((parsed, cancel) => RunAsync(parsed, cancel));

        Option<string?> Text(string name, string valueName, string description)
        {
            Option<string?> option = Flags.Text(name, valueName, description);
            options.Add(option);
            return option;
        }

        async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
        {
            string? Value(Option<string?> option) => parsed.Given(option) ?? environment.VariableOf(option.Name);

            RawServeOptions raw = new()
            {
                StateFolder = folder.Of(parsed),
                HttpsAddress = Value(https),
                Database = Value(database),
                DatabaseFile = Value(databaseFile),
                TlsCert = Value(tlsCert),
                TlsKey = Value(tlsKey),
                CaCert = Value(caCert),
                CaKey = Value(caKey),
                PkiAddress = Value(pki),
                PkiHttp = Value(pkiHttp),
                PublicAddress = Value(publicAddress),
                Names = parsed.Given(san) ?? environment.VariableOf(san.Name)?.Split(',',
                    StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
            };
            if (ServeOptions.Read(raw, out List<string> faults) is { } options)
                return await ControllerHost.RunAsync(options, environment.Terminal, environment.Variable, environment.Clock, cancel);
            foreach (string fault in faults.SkipLast(1))
                environment.Terminal.Fail(ExitCode.Usage, fault);
            return environment.Terminal.Fail(ExitCode.Usage, faults[^1], hint: "see 'uptrakit-controller serve --help'");
        }
    }
}
