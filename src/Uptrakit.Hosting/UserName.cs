using System.Globalization;

namespace Uptrakit.Hosting;

/// <summary>A user for people: by name where this machine's own list has it.</summary>
public static class UserName
{
    public static string Of(uint user)
    {
        string number = user.ToString(CultureInfo.InvariantCulture);
        try
        {
            return File.ReadLines("/etc/passwd")
                .Select(static line => line.Split(':'))
                .FirstOrDefault(fields => fields.Length > 2 && fields[2] == number)?[0] ?? $"'#{number}'";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return $"'#{number}'"; // the form that sudo takes
        }
    }
}
