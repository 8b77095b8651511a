using Google.Protobuf;

namespace Uptrakit.Quorum.State;

/// <summary>One secret of a check or an alert, and how another one gets into its place.</summary>
internal readonly record struct SecretSlot(string Field, Secret Secret, Action<Secret> Replace)
{
    /// <summary>The text itself, which anybody who reads the disk can read.</summary>
    internal bool IsClear => Secret.Sealed.IsEmpty && Secret.Text.Length > 0 && !Secrets.IsReference(Secret.Text);

    internal bool IsSealed => !Secret.Sealed.IsEmpty;
}

/// <summary>Where checks and alerts keep secrets: nothing else may know, so that none is forgotten.</summary>
internal static class SecretSlots
{
    internal const string Password = "password";
    internal const string Bearer = "bearer";
    internal const string ClientCertificate = "client_certificate";
    private const string Url = "url";
    private const string Secret = "secret";

    internal static string Header(string name) => $"headers.{name}";

    internal static bool AnyClear(ClusterState state) => In(state).Any(static slot => slot.IsClear);

    /// <summary>The ids of the keys that something is sealed with.</summary>
    internal static HashSet<ByteString> KeysIn(ClusterState state) => [.. In(state)
        .Where(static slot => slot.IsSealed && SealedSecret.IsShaped(slot.Secret.Sealed.Span))
        .Select(static slot => ByteString.CopyFrom(SealedSecret.KeyId(slot.Secret.Sealed.Span)))];

    private static IEnumerable<SecretSlot> In(ClusterState state) => state.Alerts.Values.SelectMany(Of).Concat(state.Checks.Values.SelectMany(Of));

    internal static IEnumerable<SecretSlot> Of(Check check)
    {
        if (check.Http is not { } http)
            yield break;
        if (http.Password is { } password)
            yield return new SecretSlot(Password, password, secret => http.Password = secret);
        if (http.Bearer is { } bearer)
            yield return new SecretSlot(Bearer, bearer, secret => http.Bearer = secret);
        if (http.ClientCertificate is { } certificate)
            yield return new SecretSlot(ClientCertificate, certificate, secret => http.ClientCertificate = secret);
        foreach (HttpHeader header in http.Headers)
        {
            if (header.Value is { } value)
                yield return new SecretSlot(Header(header.Name), value, secret => header.Value = secret);
        }
    }

    internal static IEnumerable<SecretSlot> Of(Alert alert)
    {
        // Sorted: a map has no order that all nodes share.
        foreach ((string name, Secret secret) in alert.Secrets.OrderBy(static each => each.Key, StringComparer.Ordinal).ToArray())
            yield return new SecretSlot(name, secret, other => alert.Secrets[name] = other);
        // Where the first version kept two of them in clear.
        if (alert.Url.Length > 0)
            yield return new SecretSlot(Url, new Secret { Text = alert.Url }, other => (alert.Url, alert.Secrets[Url]) = ("", other));
        if (alert.Secret.Length > 0)
            yield return new SecretSlot(Secret, new Secret { Text = alert.Secret }, other => (alert.Secret, alert.Secrets[Secret]) = ("", other));
    }
}
