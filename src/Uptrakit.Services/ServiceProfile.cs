using Uptrakit.Contracts.Gateway;

namespace Uptrakit.Services;

/// <summary>Which Service this executable is.</summary>
/// <param name="Program">What the executable is called.</param>
/// <param name="Kind">What it is to the Controller.</param>
/// <param name="Description">What it does, for the help.</param>
public sealed record ServiceProfile(string Program, ServiceKind Kind, string Description);
