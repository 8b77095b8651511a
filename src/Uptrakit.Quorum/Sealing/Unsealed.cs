using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Sealing;

/// <summary>Checks and alerts with their secrets in clear: for the operator of this node, who asks for them, and for nobody else.</summary>
internal sealed class Unsealed(ISealedSecrets opener)
{
    private readonly List<string> closed = [];

    /// <summary>The names of those that hold a secret which this node cannot open; it stays sealed.</summary>
    public IReadOnlyList<string> Closed => closed;

    public Check Of(Check check)
    {
        if (!SecretSlots.Of(check).Any(static slot => slot.IsSealed))
            return check;
        Check opened = check.Clone();
        if (!Open(opened.Id, SecretSlots.Of(opened)))
            closed.Add($"check '{check.Name}'");
        return opened;
    }

    public Alert Of(Alert alert)
    {
        if (!SecretSlots.Of(alert).Any(static slot => slot.IsSealed))
            return alert;
        Alert opened = alert.Clone();
        if (!Open(opened.Id, SecretSlots.Of(opened)))
            closed.Add($"alert '{alert.Name}'");
        return opened;
    }

    private bool Open(string id, IEnumerable<SecretSlot> slots)
    {
        bool all = true;
        foreach (SecretSlot slot in slots.Where(static slot => slot.IsSealed).ToArray())
        {
            if (opener.TryOpen(new SecretPlace(id, slot.Field), slot.Secret.Sealed.Span, out string text, out _))
                slot.Replace(new Secret { Text = text });
            else
                all = false;
        }

        return all;
    }
}
