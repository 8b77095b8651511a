using Uptrakit.Quorum.Alerts.Templates;

namespace Uptrakit.Quorum.Alerts;

/// <summary>What every sender stands on.</summary>
internal sealed record ServiceKit(AlertHttp Http, ResolveSecret Secrets, AlertComposer Composer, TimeProvider Clock);
