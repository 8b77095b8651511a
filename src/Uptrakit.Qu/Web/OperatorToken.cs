using System.Security.Cryptography;
using System.Text;

namespace Uptrakit.Qu.Web;

/// <summary>The secret that opens the operator's view. Only its hash is kept here.</summary>
internal sealed class OperatorToken
{
    // A guess costs a request and nothing more, some ten thousand in a second: at that speed 24 hexadecimal digits (96 bits) or four words of a
    // list (44 bits) take from decades to for ever. What repeats a few characters is no such token, however long.
    private const int LeastLength = 24;
    private const int LeastKinds = 8;
    private readonly byte[] hash;

    private OperatorToken(byte[] hash) => this.hash = hash;

    public static bool TryCreate(string? token, out OperatorToken? made, out string fault)
    {
        made = null;
        fault = "";
        if (string.IsNullOrWhiteSpace(token) || token.Length < LeastLength)
            fault = $"the operator token has fewer than {LeastLength} characters: make one with 'openssl rand -base64 24'";
        else if (token.Distinct().Count() < LeastKinds)
            fault = $"the operator token is made of fewer than {LeastKinds} different characters: make one with 'openssl rand -base64 24'";
        else
            made = new(Hash(token));
        return made is not null;
    }

    /// <summary>Compared by hashes, in the same time whatever they are.</summary>
    public bool Opens(string? token) => CryptographicOperations.FixedTimeEquals(Hash(token ?? ""), hash);

    public override string ToString() => "operator token";

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
