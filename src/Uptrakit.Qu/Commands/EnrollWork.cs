using Google.Protobuf;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Digests;
using Change = Uptrakit.Quorum.State.Command;

namespace Uptrakit.Qu.Commands;

/// <summary>What the enrollment commands do.</summary>
internal sealed class EnrollWork(DaemonClient daemon, Terminal terminal, TimeProvider clock)
{
    internal async Task<int> CreateAsync(CreateEnrollmentRequest request, CancellationToken cancel)
    {
        CreateEnrollmentReply reply = await daemon.CreateEnrollmentAsync(request, cancel);
        if (Answer.Refusal(terminal, reply.Outcome, reply.NoQuorum, reply.Message) is int refused)
            return refused;

        string command = $"qu enroll join {reply.Token}";
        if (terminal.Json)
            terminal.WriteObject(json =>
            {
                json.WriteString("id", reply.Id);
                json.WriteString("token", reply.Token);
                json.WriteTime("expires_at", reply.ExpiresMs);
                json.WriteString("command", command);
            });
        else
            terminal.WriteLine(command);

        string left = Times.Until(clock, reply.ExpiresMs);
        terminal.Say($"enrollment {reply.Id}: single use, expires {Times.Iso(reply.ExpiresMs)} ({left})");
        terminal.Say(request.AutoApprove
            ? "whoever brings it joins at once: hand it over like a password"
            : $"run the line on the new machine, then here: qu enroll approve {reply.Id}");
        return (int)ExitCode.Done;
    }

    internal async Task<int> ListAsync(CancellationToken cancel)
    {
        ReadReply state = await daemon.ReadAsync(new ReadRequest { Enrollments = true }, cancel);
        if (terminal.Json)
            EnrollmentView.WriteJson(terminal, state.Enrollments, clock);
        else if (state.Enrollments.Count == 0)
            terminal.Say("no outstanding tokens; make one: qu enroll create --name bravo");
        else
            EnrollmentView.WriteTable(terminal, state.Enrollments, clock);
        return (int)ExitCode.Done;
    }

    internal async Task<int> ApproveAsync(string idOrName, string? expected, bool yes, CancellationToken cancel)
    {
        ReadReply state = await daemon.ReadAsync(new ReadRequest { Fresh = true, Enrollments = true }, cancel);
        PendingEnrollment? enrollment = state.Enrollments.FirstOrDefault(one => one.Id == idOrName)
            ?? state.Enrollments.FirstOrDefault(one => one.Name == idOrName);
        if (enrollment is null)
            return terminal.Fail(ExitCode.Failed, $"no enrollment '{idOrName}'", hint: "'qu enroll list' shows them");
        if (enrollment.Claim is not EnrollmentClaim claim)
            return terminal.Fail(ExitCode.Failed, $"nobody has claimed '{idOrName}' yet",
                hint: "run the 'qu enroll join' line on the new machine first");

        if (!SpkiFingerprint.TryFromBytes(claim.Key.SpkiSha256.Span, out SpkiFingerprint? shown))
            return terminal.Fail(ExitCode.Failed, "the daemon's answer names no key", hint: "compare 'qu --version' with the daemon's log");
        if (expected is not null)
        {
            // The words leave the observed key out: it must not end up in a command by copying it from here.
            if (!SpkiFingerprint.TryParse(expected, out SpkiFingerprint? wanted) || !wanted.Matches(shown))
                return terminal.Fail(ExitCode.TrustRefused,
                    "the node that claimed this token has another key than --fingerprint says",
                    hint: $"somebody else may have used the token: 'qu enroll revoke {enrollment.Id}' and make a new one");
        }
        else if (await AskAsync(enrollment, claim, shown, yes, cancel) is int refused)
        {
            return refused;
        }
        return await CommitAsync(enrollment, claim, shown, cancel);
    }

    internal Task<int> RevokeAsync(string idOrName, CancellationToken cancel) => daemon.ApplyAsync(
        terminal, new Change { RevokeEnrollment = new RemoveById { Id = idOrName } }, $"revoked enrollment {idOrName}", cancel);

    private async Task<int?> AskAsync(
        PendingEnrollment enrollment, EnrollmentClaim claim, SpkiFingerprint shown, bool yes, CancellationToken cancel)
    {
        terminal.Say($"enrollment   {enrollment.Id} {enrollment.Name}");
        terminal.Say($"node         {claim.NodeId} at {claim.Advertise}, as {StateWords.Of(enrollment.Role)}");
        terminal.Say($"fingerprint  {shown.ToPrefixedString()}");
        return await terminal.ConfirmAsync("Is that the fingerprint the new machine shows?", yes, cancel);
    }

    // The change carries the key that was shown: a claim that was swapped since is refused by the cluster.
    private Task<int> CommitAsync(PendingEnrollment enrollment, EnrollmentClaim claim, SpkiFingerprint shown, CancellationToken cancel)
    {
        ApproveEnrollment approval = new() { Id = enrollment.Id, SpkiSha256 = ByteString.CopyFrom(shown.Bytes) };
        string done = $"approved {claim.NodeId} ({claim.Advertise})";
        return daemon.ApplyAsync(terminal, new Change { ApproveEnrollment = approval }, done, cancel);
    }
}
