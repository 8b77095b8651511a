using Uptrakit.Qu.Control;

namespace Uptrakit.Qu.Commands;

/// <summary>Names of what a check refers to by id; what is gone meanwhile keeps its id.</summary>
internal sealed class CheckNames
{
    private readonly Dictionary<string, string> alerts;
    private readonly Dictionary<string, string> checks;

    private CheckNames(Dictionary<string, string> alerts, Dictionary<string, string> checks) => (this.alerts, this.checks) = (alerts, checks);

    internal static CheckNames Of(ReadReply state) => new(
        state.Alerts.DistinctBy(static alert => alert.Id).ToDictionary(static alert => alert.Id, static alert => alert.Name),
        state.Checks.DistinctBy(static check => check.Id).ToDictionary(static check => check.Id, static check => check.Name));

    internal IEnumerable<string> OfAlerts(IEnumerable<string> ids) => ids.Select(id => alerts.GetValueOrDefault(id, id));

    internal IEnumerable<string> OfChecks(IEnumerable<string> ids) => ids.Select(id => checks.GetValueOrDefault(id, id));
}
