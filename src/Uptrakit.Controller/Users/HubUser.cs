using Microsoft.AspNetCore.Identity;

namespace Uptrakit.Controller.Users;

/// <summary>Somebody who may sign in.</summary>
internal sealed class HubUser : IdentityUser;
