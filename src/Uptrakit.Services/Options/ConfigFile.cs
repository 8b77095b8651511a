using Microsoft.Win32.SafeHandles;
using Uptrakit.Trust.Files;

namespace Uptrakit.Services.Options;

/// <summary><c>service.conf</c>: lines of <c>UPTRAKIT_NAME=value</c>, as an <c>EnvironmentFile</c> of systemd has them.</summary>
/// <remarks>Who may write it decides whom this Service trusts, so nobody but root and its own user may.</remarks>
internal sealed class ConfigFile
{
    internal const string Name = "service.conf";

    private const int MaximumSize = 64 << 10;
    private const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private readonly Dictionary<string, GivenValue> values = new(StringComparer.Ordinal);

    public GivenValue? Find(Setting setting) => values.GetValueOrDefault(setting.Variable);

    /// <summary>Reads the file of a folder; without one, that of the usual folder if it is there.</summary>
    public static ConfigFile Read(string? folder, Func<string, string?> variable, List<string> faults)
    {
        ConfigFile file = new();
        string path = Path.Combine(folder ?? DefaultFolders.Config(variable), Name);
        if (folder is null && !File.Exists(path))
            return file;
        try
        {
            using SafeFileHandle open = BoundedFile.Open(path);
            if (FaultOf(path, open) is { } fault)
                faults.Add(fault);
            else if (BoundedFile.ReadAll(open, MaximumSize) is { } content)
                file.Parse(path, TextOf(content), File.GetUnixFileMode(open), faults);
            else
                faults.Add($"{path} is longer than 64 KiB: it is no settings file");
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            faults.Add($"--config-dir: there is no {path}; write one, or leave --config-dir out");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{path} cannot be read: {fault.Message}");
        }

        return file;
    }

    // As editors write it: with or without a mark of its encoding.
    private static string TextOf(byte[] content)
    {
        using StreamReader reader = new(new MemoryStream(content));
        return reader.ReadToEnd();
    }

    private static string? FaultOf(string path, SafeFileHandle open)
    {
        if ((File.GetUnixFileMode(open) & WritableByOthers) != 0)
            return $"{path} can be written by other users, and it decides whom this Service trusts: run 'chmod go-w {path}'";
        uint owner = PrivateFolder.OwnerOf(path);
        return owner == 0 || owner == PrivateFolder.CurrentUser
            ? null
            : $"{path} belongs to user {owner}, and it decides whom this Service trusts: run 'chown root {path}'";
    }

    private void Parse(string path, string text, UnixFileMode mode, List<string> faults)
    {
        int number = 0;
        foreach (string raw in text.Split('\n'))
        {
            number++;
            string line = raw.Trim();
            if (line.Length == 0 || line[0] is '#' or ';')
                continue;
            if (ParseLine($"{path}, line {number}", line) is { } fault)
                faults.Add(fault);
        }

        // Read from the open file, so that the mode is that of what was read.
        if (values.ContainsKey(ServiceSettings.EnrollmentToken.Variable) && (mode & UnixFileMode.OtherRead) != 0)
            faults.Add($"{path} holds an enrollment token and can be read by other users: run 'chmod o-r {path}'");
    }

    private string? ParseLine(string place, string line)
    {
        int equals = line.IndexOf('=', StringComparison.Ordinal);
        string key = equals < 0 ? line : line[..equals].TrimEnd();
        Setting? setting = ServiceSettings.All.FirstOrDefault(known => known.Variable == key);
        // The line is not quoted: half a token may be in it.
        if (equals < 0)
            return $"{place} is not a setting: write NAME=value, one on a line";
        if (key == TofuReplacements.Variable)
            return $"{place}: UPTRAKIT_TOFU is removed; {TofuReplacements.InOneLine}";
        if (setting is null)
            return $"{place}: a setting of that name is not known; the names are in '--help', in brackets";
        if (setting == ServiceSettings.ConfigDir)
            return $"{place}: {key} cannot be set in the file that it is to find";
        string value = Unquote(line[(equals + 1)..].Trim());
        if (value.Length > 0 && !values.TryAdd(key, new GivenValue(value, $"{place}: {key}")))
            return $"{place}: {key} is set a second time";
        return null;
    }

    private static string Unquote(string value) =>
        value is ['"' or '\'', .., _] && value[0] == value[^1] ? value[1..^1] : value;
}
