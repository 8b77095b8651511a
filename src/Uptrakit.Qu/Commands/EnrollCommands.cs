using System.CommandLine;
using Uptrakit.Qu.Control;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Qu.Commands;

/// <summary>`qu enroll create | list | approve | revoke`, and `join` on the new machine.</summary>
internal static class EnrollCommands
{
    private static readonly TimeSpan LongestTtl = TimeSpan.FromHours(168);

    internal static void Fill(Verb group, CommandEnvironment environment)
    {
        group.Add(Create(environment));
        group.Add(List(environment));
        group.Add(Approve(environment));
        group.Add(Revoke(environment));
        group.Add(JoinCommand.Declare(environment));
    }

    private static Verb Create(CommandEnvironment environment)
    {
        Option<string?> name = Flags.Text("--name", "name", "what to call the new node's enrollment");
        Option<TimeSpan?> ttl = Flags.Duration("--ttl", "how long the token can be used (default 1h, at most 168h)", LongestTtl);
        Option<bool> auto = Flags.Switch("--auto-approve", "who brings the token joins at once, without 'qu enroll approve'");
        Option<string?> role = Flags.OneOf(
            "--role", "a voter counts for the quorum, a probe only reports (default voter)", "voter", "probe");
        Verb verb = new("create", "Make a single-use token for a new node",
            "qu enroll create --name bravo", "qu enroll create --name bravo --ttl 15m --auto-approve");
        verb.Add(name);
        verb.Add(ttl);
        verb.Add(auto);
        verb.Add(role);
        return verb.Asks(environment, Work, (work, parsed, cancel) => work.CreateAsync(new CreateEnrollmentRequest
        {
            Name = parsed.Given(name) ?? "",
            TtlMs = (long)(parsed.Given(ttl) ?? TimeSpan.FromHours(1)).TotalMilliseconds,
            AutoApprove = parsed.GetValue(auto),
            Role = parsed.Given(role) ?? "voter",
        }, cancel));
    }

    private static Verb List(CommandEnvironment environment) =>
        new Verb("list", "Show outstanding tokens and who has claimed them", "qu enroll list", "qu enroll list --json")
            .Asks(environment, Work, (work, _, cancel) => work.ListAsync(cancel));

    private static Verb Approve(CommandEnvironment environment)
    {
        Argument<string> id = Flags.Argument("id-or-name", "of the enrollment, from 'qu enroll list'");
        Option<string?> fingerprint = Flags.Checked(
            "--fingerprint", "sha256:...", "approve only a node with this key, without being asked", FaultOfFingerprint);
        Option<bool> yes = Flags.Yes();
        Verb verb = new("approve", "Let the node that claimed a token join",
            "qu enroll approve bravo",
            "qu enroll approve bravo --fingerprint sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef");
        verb.Add(id);
        verb.Add(fingerprint);
        verb.Add(yes);
        return verb.Asks(environment, Work, (work, parsed, cancel) =>
            work.ApproveAsync(parsed.GetRequiredValue(id), parsed.Given(fingerprint), parsed.GetValue(yes), cancel));
    }

    private static Verb Revoke(CommandEnvironment environment)
    {
        Argument<string> id = Flags.Argument("id-or-name", "of the enrollment, from 'qu enroll list'");
        Verb verb = new("revoke", "Cancel a token", "qu enroll revoke bravo");
        verb.Add(id);
        return verb.Asks(environment, Work, (work, parsed, cancel) => work.RevokeAsync(parsed.GetRequiredValue(id), cancel));
    }

    private static string? FaultOfFingerprint(string text) => SpkiFingerprint.TryParse(text, out _)
        ? null
        : "that is not a SHA-256 fingerprint: 'sha256:' and 64 hex digits";

    private static EnrollWork Work(DaemonClient daemon, CommandEnvironment environment) =>
        new(daemon, environment.Terminal, environment.Clock);
}
