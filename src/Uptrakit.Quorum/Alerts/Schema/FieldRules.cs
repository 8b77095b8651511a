using System.Globalization;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts.Schema;

/// <summary>What values may be. Nodes of two versions must decide alike, so nothing here asks a library.</summary>
internal static class FieldRules
{
    private const int TextLimit = 256;
    private const int TokenLimit = 1024;

    internal static string? Text(string value) => Names.FaultOfText("", value, TextLimit) is { } fault ? fault[2..] : null;

    /// <summary>Part of a header or an address: what is printed, without a space.</summary>
    internal static string? Token(string value)
    {
        if (value.Length > TokenLimit)
            return $"is {value.Length} characters long; at most {TokenLimit} are allowed";
        return value.All(c => c is > ' ' and < '\x7F') ? null : "has a space, a line break or a letter that is not ASCII";
    }

    /// <summary>A password may be anything that is one line.</summary>
    internal static string? Password(string value)
    {
        if (value.Length > TokenLimit)
            return $"is {value.Length} characters long; at most {TokenLimit} are allowed";
        return value.Any(char.IsControl) ? "has a line break or another control character" : null;
    }

    internal static string? Url(string value) => WebAddress.FaultOf("url", value, out _, out _) is { } fault ? fault["url: ".Length..] : null;

    /// <summary>A URL whose path is a password, or that a password is sent to.</summary>
    internal static string? SafeUrl(string value)
    {
        if (WebAddress.FaultOf("url", value, out string host, out bool encrypted) is { } fault)
            return fault["url: ".Length..];
        return encrypted || HostPort.IsLoopback(host) ? null : "needs https://, because a secret goes there";
    }

    internal static Func<string, string?> Range(int least, int most) => value =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? null
            : $"'{Validation.Shown(value)}' is not allowed; {least} to {most} are";

    internal static Func<string, string?> OneOf(params string[] words) => value =>
        words.Contains(value) ? null : $"'{Validation.Shown(value)}' is not allowed; {string.Join(", ", words)} are";

    /// <summary>Letters, digits, dashes and underscores.</summary>
    internal static Func<string, string?> Word(int most) => value =>
        value.Length > 0 && value.Length <= most && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? null
            : $"may have letters, digits, dashes and underscores, {most} at most";

    internal static string? Host(string value) => HostPort.TryParseHost(value, out _)
        ? null
        : $"'{Validation.Shown(value)}' is not a host; a name or an address is allowed";
}
