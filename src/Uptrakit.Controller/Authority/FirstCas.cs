using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Controller.Authority;

/// <summary>What a start has to add to the stored CAs: the first ones, or an external one that is new.</summary>
internal sealed record FirstCas(IReadOnlyList<CaRecord> Changes, string? Fault = null)
{
    private static readonly FirstCas Nothing = new([]);

    public static FirstCas Plan(CaSet set, ExternalCa? external, CaFactory factory, DateTimeOffset now)
    {
        if (set.Version == 0)
            return external is null ? OwnPair(factory) : new FirstCas([factory.External(external, generation: 1)]);
        if (external is null)
            return Nothing; // an external CA that was taken before is in the store, with its key

        CaRecord? known = set.Records.FirstOrDefault(ca => ca.Certificate.AsSpan().SequenceEqual(external.Certificate.RawData));
        if (known is not null)
            return known.State == CaState.Active ? Nothing : Refuse("the certificate in --ca-cert was replaced by a newer one before");
        return Renew(set, external, factory, now);
    }

    private static FirstCas OwnPair(CaFactory factory)
    {
        LiveCa root = factory.Root(generation: 1, CaState.Active);
        LiveCa issuing = factory.Issuing(generation: 1, root, CaState.Active);
        return new FirstCas([root.Record, issuing.Record]);
    }

    private static FirstCas Renew(CaSet set, ExternalCa external, CaFactory factory, DateTimeOffset now)
    {
        CaRecord active = set.ActiveIssuing ?? throw new InvalidOperationException("the store has CAs and none of them is active");
        if (active.Role != CaRole.External)
            return Refuse("this Controller already has a CA of its own, which its Services trust; --ca-cert is taken at the first start only");
        if (!external.HasAnchorOf(active))
            return Refuse("the CA in --ca-cert has another root than the one that the Services trust: renew it under the same root");

        if (external.IsSameCaAs(active))
            return Recertify(active, external);

        CaRecord next = factory.External(external, set.NextGeneration(CaRole.External));
        return new FirstCas([next, active with { State = CaState.Retiring }]);
    }

    // A name and a key are a CA, whatever certificate they have now: what it signed stays its own.
    private static FirstCas Recertify(CaRecord active, ExternalCa external)
    {
        using X509Certificate2 present = X509CertificateLoader.LoadCertificate(active.Certificate);
        return external.Certificate.NotAfter > present.NotAfter
            ? new FirstCas([active with { Certificate = external.Certificate.RawData, Above = external.AboveDer() }])
            : Refuse("the certificate in --ca-cert is older than the one that is in use");
    }

    private static FirstCas Refuse(string fault) => new([], fault);
}
