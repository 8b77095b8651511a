using System.Text;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts;

/// <summary>The opened secrets of one alert, for one attempt.</summary>
internal sealed class SecretBag
{
    private const string Hidden = "***";
    private const int ShortestWord = 6;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, string> values = [];

    private SecretBag(string? fault = null) => Fault = fault;

    /// <summary>Why they could not be opened here; another node may be able to.</summary>
    internal string? Fault { get; }

    /// <summary>Empty when there is none.</summary>
    internal string this[string name] => values.GetValueOrDefault(name, "");

    internal static async ValueTask<SecretBag> OpenAsync(Alert alert, ServiceKit kit, CancellationToken cancel)
    {
        SecretBag bag = new();
        foreach ((string name, Secret secret) in alert.Secrets)
        {
            (byte[]? value, string? fault) = await ReadAsync(new SecretPlace(alert.Id, name), secret, kit, cancel);
            if (fault is not null || value is null)
                return new SecretBag($"secret '{name}': {fault ?? "there is none"}");
            if (!TryText(value, out string text))
                return new SecretBag($"secret '{name}': is not one line of text in UTF-8");
            bag.values[name] = text;
        }

        // The older fields, which the new ones outrank.
        bag.values.TryAdd("url", alert.Url);
        bag.values.TryAdd("secret", alert.Secret);
        return bag;
    }

    /// <summary>Takes every secret out of words that a receiver chose: some answer with the address that they were asked at.</summary>
    internal string Scrub(string words)
    {
        foreach (string secret in values.Values.SelectMany(Parts).Where(p => p.Length >= ShortestWord).OrderByDescending(p => p.Length))
            words = words.Replace(secret, Hidden, StringComparison.OrdinalIgnoreCase);
        return words;
    }

    /// <summary>In clear only: a reference is somebody else's to resolve.</summary>
    internal static ValueTask<(byte[]? Value, string? Fault)> InClear(SecretPlace place, Secret secret, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        bool clear = secret.Sealed.IsEmpty
            && !secret.Text.StartsWith("file:", StringComparison.Ordinal) && !secret.Text.StartsWith("env:", StringComparison.Ordinal);
        return ValueTask.FromResult<(byte[]?, string?)>(
            clear ? (Encoding.UTF8.GetBytes(secret.Text), null) : (null, "this node cannot open references and sealed secrets"));
    }

    public override string ToString() => $"{values.Count} secrets";

    // A file may lie on a disk that does not answer.
    private static async ValueTask<(byte[]? Value, string? Fault)> ReadAsync(SecretPlace place, Secret secret, ServiceKit kit, CancellationToken cancel)
    {
        try
        {
            return await kit.Secrets(place, secret, cancel).AsTask().WaitAsync(s_patience, kit.Clock, cancel);
        }
        catch (TimeoutException)
        {
            return (null, $"could not be read within {s_patience.TotalSeconds:0} s");
        }
    }

    private static bool TryText(byte[] value, out string text)
    {
        text = "";
        try
        {
            text = s_strict.GetString(value).TrimEnd('\r', '\n');
            // A line break in a header or a command is a second one.
            return !text.Any(char.IsControl);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static IEnumerable<string> Parts(string secret) => secret.Contains("://", StringComparison.Ordinal)
        ? secret.Split('/', '?', '&', '=').Skip(3).Append(secret)
        : [secret];
}
