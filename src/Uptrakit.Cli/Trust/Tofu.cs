using System.CommandLine;
using System.CommandLine.Parsing;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Cli.Trust;

/// <summary>`--tofu` asks the operator for the fingerprint of the authority, `--tofu=&lt;fp&gt;` has it.</summary>
internal sealed record Tofu(CertificateFingerprint? Given)
{
    internal const string Flag = "--tofu";

    internal static Tofu Ask { get; } = new((CertificateFingerprint?)null);

    internal static Option<string?> Option(string description)
    {
        Option<string?> option = new(Flag)
        {
            HelpName = "fingerprint",
            Description = description,
            Arity = ArgumentArity.ZeroOrOne,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [Token word] && !CertificateFingerprint.TryParse(word.Value, out _))
                result.AddError("--tofu: that is not a SHA-256 fingerprint: 64 hex digits or 32 pairs, with or without sha256:");
        });
        return option;
    }

    /// <summary>Null when the flag is not there.</summary>
    internal static Tofu? Read(ParseResult parsed, Option<string?> option) => parsed.GetResult(option) switch
    {
        { Tokens: [Token word] } when CertificateFingerprint.TryParse(word.Value, out CertificateFingerprint? given) => new Tofu(given),
        { Implicit: false } => Ask,
        _ => null,
    };
}
