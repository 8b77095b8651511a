using Uptrakit.CommandLine;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Services.Options;

/// <summary>Finds the enrollment token. Nothing that it says quotes it.</summary>
internal static class TokenReader
{
    /// <summary>The token, or null when none is given or it is faulty.</summary>
    /// <param name="given">What is set.</param>
    /// <param name="enrolled">
    /// Nothing is to be redeemed any more. Then standard input is left alone, and a file that is gone by now is no fault: it was
    /// to be gone.
    /// </param>
    /// <param name="terminal">Has standard input.</param>
    /// <param name="faults">Where faults are added.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<ServiceToken?> ReadAsync(
        GivenSettings given, bool enrolled, Terminal terminal, List<string> faults, CancellationToken cancel)
    {
        bool inLine = given.TryGet(ServiceSettings.EnrollmentToken, out GivenValue? token);
        if (!given.TryGet(ServiceSettings.EnrollmentTokenFile, out GivenValue? file))
            return inLine ? Parse(token!.Text, token.Place, faults) : null;
        if (inLine)
        {
            faults.Add($"{token!.Place} and {file.Place} are both given: keep the file, which other users cannot see");
            return null;
        }

        if (enrolled && (file.Text == "-" || !File.Exists(file.Text)))
            return null;
        SecretText secret = await SecretText.ReadAsync(file.Text, terminal, cancel);
        // What was a token once may be anything by now.
        if (secret.Value is { } text)
            return Parse(text, file.Place, enrolled ? [] : faults);
        if (!enrolled)
            faults.Add($"{file.Place}: {secret.Fault}");
        return null;
    }

    private static ServiceToken? Parse(string text, string place, List<string> faults)
    {
        // What is kept in a file is often the whole line that was printed.
        string last = text.Trim().Split(' ')[^1];
        if (!ServiceToken.TryParse(last, out ServiceToken? token, out TokenFault fault))
            faults.Add($"{place}: {ServiceToken.Describe(fault)}");
        return token;
    }
}
