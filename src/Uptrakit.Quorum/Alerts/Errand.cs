using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts;

/// <summary>What the courier knows about one outbox entry. Only the courier's loop touches it.</summary>
internal sealed class Errand(OutboxEntry entry, Alert? alert)
{
    internal OutboxEntry Entry { get; } = entry;

    /// <summary>As it is now: an edited alert counts for what is still to be sent.</summary>
    internal Alert? Alert { get; set; } = alert;

    internal int Attempts { get; set; }

    /// <summary>Not before this moment of the courier's clock.</summary>
    internal TimeSpan NotBefore { get; set; }

    /// <summary>When it was last tried, in the order of all attempts; 0 for never.</summary>
    internal long LastTurn { get; set; }

    internal bool InFlight { get; set; }

    /// <summary>The receiver has it, or never will. It is not sent again from here, whatever becomes of the commit.</summary>
    internal bool Finished { get; set; }

    internal bool Committed { get; set; }

    /// <summary>What this one tells together with itself, after its alert had reached its limit; this one is the first.</summary>
    internal IReadOnlyList<Errand> Summed { get; set; } = [];

    /// <summary>The one that tells this one too. It is not sent by itself as long as there is one.</summary>
    internal Errand? Carrier { get; set; }
}
