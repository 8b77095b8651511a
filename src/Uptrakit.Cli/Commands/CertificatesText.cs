using Uptrakit.Cli.Output;
using Uptrakit.Contracts.Api;

namespace Uptrakit.Cli.Commands;

/// <summary>The authorities of a Controller as people read them.</summary>
internal static class CertificatesText
{
    internal static void Show(ApiWork work, CertificatesView view)
    {
        FieldPrinter fields = new(work.Terminal);
        fields.Add("fingerprint", view.Fingerprint);
        fields.Add("in words", view.Words);
        fields.Add("server", $"{string.Join(", ", view.Server.Names)} ({view.Server.Source}), until {Moments.Day(view.Server.NotAfter)}");
        fields.Add("server's key", view.Server.KeyFingerprint);
        fields.Add("pki address", view.PkiAddress);
        fields.Add("rotation", view.Rotation is RotationView rotation ? Words(rotation) : "none");
        fields.Print();
        work.Terminal.Out.WriteLine();

        TablePrinter table = new("ROLE", "STATE", "SUBJECT", "VALID UNTIL", "LIVE", "FINGERPRINT");
        foreach (AuthorityView authority in view.Authorities)
        {
            table.Add(authority.Role, new Cell(authority.State, authority.State == "active" ? Tone.Good : Tone.Plain),
                authority.Subject, Moments.Day(authority.NotAfter), $"{authority.LiveCertificates}", authority.Fingerprint);
        }
        table.Print(work.Terminal);
        if (view.Rotation?.Missing is { Count: > 0 } missing)
            work.Terminal.Say($"not yet ready: {string.Join(", ", missing)}");
    }

    private static string Words(RotationView rotation) =>
        $"{rotation.Kind}, {rotation.Step}; next: {rotation.NextStep}, {rotation.Trusting} of {rotation.Total} Services are ready; "
        + $"successor {rotation.NewFingerprint}";
}
