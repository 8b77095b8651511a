using System.Buffers.Binary;
using System.Text;

namespace Uptrakit.Quorum.Checks.Tls;

/// <content>The protocols that speak in bytes.</content>
internal static partial class Preludes
{
    // Protocol version 1234.5679: the number that asks for TLS.
    private static readonly byte[] s_postgresRequest = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

    private static async ValueTask<string?> PostgresAsync(PreludeReader server, CancellationToken cancel)
    {
        await server.SayAsync(s_postgresRequest, cancel);
        byte[] answer = await server.BytesAsync(1, cancel);
        return answer[0] switch
        {
            (byte)'S' => null,
            (byte)'N' => "the server does not offer it",
            _ => "the server does not speak PostgreSQL's protocol",
        };
    }

    // The greeting: 3 bytes of length, a number, protocol version 10, the server's version up to a zero, then 13 bytes of which
    // nothing counts here, and the lower half of the capabilities.
    private static async ValueTask<string?> MySqlAsync(PreludeReader server, CancellationToken cancel)
    {
        const ushort Encrypts = 0x0800;
        byte[] head = await server.BytesAsync(4, cancel);
        int length = head[0] | (head[1] << 8) | (head[2] << 16);
        if (length is < 18 or > 1024)
            return "the server does not speak MySQL's protocol";
        byte[] greeting = await server.BytesAsync(length, cancel);
        if (greeting[0] == 0xff)
            return $"the server says '{PlainText.Clean(Encoding.Latin1.GetString(greeting.AsSpan(3)), 80)}'";
        int end = Array.IndexOf(greeting, (byte)0, 1);
        if (greeting[0] != 10 || end < 0 || end + 16 > length)
            return "the server does not speak MySQL's protocol";
        if ((BinaryPrimitives.ReadUInt16LittleEndian(greeting.AsSpan(end + 14)) & Encrypts) == 0)
            return "the server does not offer it";

        byte[] request = new byte[4 + 32];
        request[0] = 32;
        request[3] = (byte)(head[3] + 1);
        // Protocol 4.1, TLS, secure passwords; 16 MiB packets; utf8.
        BinaryPrimitives.WriteUInt32LittleEndian(request.AsSpan(4), 0x0000_8000 | 0x0000_0200 | Encrypts);
        BinaryPrimitives.WriteUInt32LittleEndian(request.AsSpan(8), 0x0100_0000);
        request[12] = 33;
        await server.SayAsync(request, cancel);
        return null;
    }

    // RFC 4511, 4.14: an extended request by its OID; the answer is an extended response with result code 0.
    private static async ValueTask<string?> LdapAsync(PreludeReader server, CancellationToken cancel)
    {
        byte[] oid = "1.3.6.1.4.1.1466.20037"u8.ToArray();
        await server.SayAsync(
            (byte[])[0x30, (byte)(oid.Length + 7), 0x02, 1, 1, 0x77, (byte)(oid.Length + 2), 0x80, (byte)oid.Length, .. oid], cancel);
        byte[] head = await server.BytesAsync(2, cancel);
        int length = head[1];
        if (length is > 0x80 and <= 0x84)
        {
            length = 0;
            foreach (byte part in await server.BytesAsync(head[1] - 0x80, cancel))
                length = (length << 8) | part;
        }

        if (head[0] != 0x30 || length is < 10 or > 4096)
            return "the server does not speak LDAP";
        return ResultOf(await server.BytesAsync(length, cancel)) switch
        {
            0 => null,
            < 0 => "the server does not speak LDAP",
            int code => $"the server refuses with LDAP result {code}",
        };
    }

    // An integer (the message id), the response, in it first an enumeration of one byte: the result.
    private static int ResultOf(ReadOnlySpan<byte> message)
    {
        if (message[0] != 0x02 || message[1] > 4)
            return -1;
        ReadOnlySpan<byte> response = message[(2 + message[1])..];
        if (response.Length < 5 || response[0] != 0x78)
            return -1;
        int at = response[1] > 0x80 ? 2 + (response[1] - 0x80) : 2;
        return at + 3 <= response.Length && response[at] == 0x0a && response[at + 1] == 1 ? response[at + 2] : -1;
    }
}
