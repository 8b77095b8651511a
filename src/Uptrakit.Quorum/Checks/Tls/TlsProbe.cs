using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks.Tls;

/// <summary>A TLS target is well when it shows a certificate that still holds for a while; chain and name count when asked for.</summary>
internal sealed class TlsProbe(TargetResolver resolver, AddressRace race, TargetTls tls, TimeProvider clock) : DeadlineProbe(clock)
{
    private readonly PlanBook<TlsPlan> plans = new(static check => new TlsPlan(check));
    private readonly TimeProvider clock = clock;

    protected override async ValueTask<Finding> LookAsync(Check check, CancellationToken cancel)
    {
        TlsPlan plan = plans.Of(check);
        if (plan.Fault is { } fault)
            return Finding.Bad(fault);

        Resolution found = await resolver.ResolveAsync(plan.Host, check.Resolvers, CheckTimes.Timeout(check), cancel);
        if (found.Failure is { } failure)
            return Finding.Bad(failure);

        Socket socket = await race.ConnectAsync(found.Addresses, plan.Port, cancel);
        await using NetworkStream plain = new(socket, ownsSocket: true);
        if (await Preludes.SpeakAsync(plan.StartTls, plain, plan.Name, cancel) is { } refused)
            return Finding.Bad($"STARTTLS: {refused}");

        string? problem = null;
        SslClientAuthenticationOptions options = tls.Unjudged(plan.Name);
        options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
        {
            problem = Problem(errors, chain, plan.Name);
            return certificate is not null;
        };
        await using SslStream secure = await TargetTls.EncryptAsync(plain, options, cancel);
        return secure.RemoteCertificate is X509Certificate2 leaf
            ? Judge(plan, leaf, plan.Verify ? problem : null)
            : Finding.Bad("the server shows no certificate");
    }

    private Finding Judge(TlsPlan plan, X509Certificate2 leaf, string? problem)
    {
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset begins = new DateTimeOffset(leaf.NotBefore).ToUniversalTime();
        DateTimeOffset ends = new DateTimeOffset(leaf.NotAfter).ToUniversalTime();
        string term = CertificateTerm.Words(ends, now);
        TimeSpan left = ends - now;
        Finding finding = left <= TimeSpan.Zero ? Finding.Bad(term)
            : begins > now ? Finding.Bad($"the certificate is not valid before {begins:yyyy-MM-dd HH:mm} UTC")
            : problem is not null ? Finding.Bad(problem)
            : left < TimeSpan.FromDays(plan.FailDays) ? Finding.Bad($"{term}; fewer than {plan.FailDays} days are a failure")
            : left < TimeSpan.FromDays(plan.WarnDays) ? Finding.Warn(term)
            : Finding.Good(term);
        return finding with { CertificateEnds = ends };
    }

    private static string? Problem(SslPolicyErrors errors, X509Chain? chain, string name)
    {
        if ((errors & SslPolicyErrors.RemoteCertificateNameMismatch) != 0)
            return $"the certificate is not for the name {name}";
        if ((errors & SslPolicyErrors.RemoteCertificateChainErrors) == 0)
            return null;
        string status = chain is null ? "" : string.Join(", ", chain.ChainStatus.Select(s => s.Status).Distinct().Take(4));
        return $"the chain of the certificate is not trusted ({(status.Length > 0 ? status : "unknown")})";
    }
}
