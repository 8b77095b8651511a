using System.Security;

namespace Uptrakit.Quorum.Checks.Tls;

/// <summary>What is said in clear text on a port that begins without TLS, until both sides begin it.</summary>
internal static partial class Preludes
{
    internal const string Names = "smtp, imap, pop3, ftp, ldap, postgres, mysql and xmpp";

    internal static bool Knows(string protocol) => protocol.Length == 0 || PortOf(protocol) != HttpsPort;

    private const int HttpsPort = 443;

    internal static int PortOf(string protocol) => protocol switch
    {
        "smtp" => 25,
        "imap" => 143,
        "pop3" => 110,
        "ftp" => 21,
        "ldap" => 389,
        "postgres" => 5432,
        "mysql" => 3306,
        "xmpp" => 5222,
        _ => HttpsPort,
    };

    /// <summary>Null when TLS may begin now, otherwise why not.</summary>
    internal static async ValueTask<string?> SpeakAsync(string protocol, Stream stream, string name, CancellationToken cancel)
    {
        if (protocol.Length == 0)
            return null;
        PreludeReader server = new(stream);
        string? refused = protocol switch
        {
            "smtp" => await SmtpAsync(server, cancel),
            "imap" => await ImapAsync(server, cancel),
            "pop3" => await Pop3Async(server, cancel),
            "ftp" => await FtpAsync(server, cancel),
            "ldap" => await LdapAsync(server, cancel),
            "postgres" => await PostgresAsync(server, cancel),
            "mysql" => await MySqlAsync(server, cancel),
            _ => await XmppAsync(server, name, cancel),
        };
        // What came in clear text behind the last word would be taken for something that TLS protects (CVE-2011-0411).
        return refused ?? (server.HasRest ? "the server goes on in clear text after it agreed to TLS" : null);
    }

    // RFC 3207.
    private static async ValueTask<string?> SmtpAsync(PreludeReader server, CancellationToken cancel)
    {
        if (await ReplyAsync(server, "220", cancel) is { } greeting)
            return greeting;
        await server.SayAsync("EHLO uptrakit.invalid\r\n", cancel);
        if (await ReplyAsync(server, "250", cancel) is { } hello)
            return hello;
        await server.SayAsync("STARTTLS\r\n", cancel);
        return await ReplyAsync(server, "220", cancel);
    }

    // RFC 4217.
    private static async ValueTask<string?> FtpAsync(PreludeReader server, CancellationToken cancel)
    {
        if (await ReplyAsync(server, "220", cancel) is { } greeting)
            return greeting;
        await server.SayAsync("AUTH TLS\r\n", cancel);
        return await ReplyAsync(server, "234", cancel);
    }

    // RFC 5321, 4.2.1: all lines but the last have a hyphen behind the code.
    private static async ValueTask<string?> ReplyAsync(PreludeReader server, string code, CancellationToken cancel)
    {
        string line;
        do
            line = await server.LineAsync(cancel);
        while (line.Length > 3 && line[3] == '-' && char.IsAsciiDigit(line[0]));
        return line.StartsWith(code, StringComparison.Ordinal) ? null : Answered(line);
    }

    // RFC 9051, 6.2.1.
    private static async ValueTask<string?> ImapAsync(PreludeReader server, CancellationToken cancel)
    {
        string greeting = await server.LineAsync(cancel);
        if (!greeting.StartsWith("* OK", StringComparison.OrdinalIgnoreCase))
            return Answered(greeting);
        await server.SayAsync("a1 STARTTLS\r\n", cancel);
        string line;
        do
            line = await server.LineAsync(cancel);
        while (line.StartsWith("* ", StringComparison.Ordinal));
        return line.StartsWith("a1 OK", StringComparison.OrdinalIgnoreCase) ? null : Answered(line);
    }

    // RFC 2595, 4.
    private static async ValueTask<string?> Pop3Async(PreludeReader server, CancellationToken cancel)
    {
        string greeting = await server.LineAsync(cancel);
        if (!greeting.StartsWith("+OK", StringComparison.OrdinalIgnoreCase))
            return Answered(greeting);
        await server.SayAsync("STLS\r\n", cancel);
        string line = await server.LineAsync(cancel);
        return line.StartsWith("+OK", StringComparison.OrdinalIgnoreCase) ? null : Answered(line);
    }

    // RFC 6120, 5.
    private static async ValueTask<string?> XmppAsync(PreludeReader server, string name, CancellationToken cancel)
    {
        await server.SayAsync(
            $"<?xml version='1.0'?><stream:stream to='{SecurityElement.Escape(name)}' xmlns='jabber:client' "
                + "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>",
            cancel);
        string features = await server.UntilAsync("</stream:features>", "</stream:stream>", cancel);
        if (!features.Contains("urn:ietf:params:xml:ns:xmpp-tls", StringComparison.Ordinal))
            return "the server does not offer it";
        await server.SayAsync("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", cancel);
        string answer = await server.UntilAsync(">", "/>", cancel);
        return answer.Contains("<proceed", StringComparison.Ordinal) ? null : Answered(answer);
    }

    private static string Answered(string line) => $"the server says '{PlainText.Clean(line, 80)}'";
}
