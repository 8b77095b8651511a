using System.Diagnostics.CodeAnalysis;

namespace Uptrakit.Trust.Identity;

/// <summary>The name of a node: a UUID in its canonical lower-case text (RFC 9562, section 4).</summary>
/// <remarks>
/// It names a node but proves nothing: who speaks is decided by the key (<see cref="Pins.PeerVerifier"/>). Nodes are ordered
/// by the text, so that the smallest NodeID is the same for a program and for a person who reads the list.
/// </remarks>
public sealed record NodeId : IComparable<NodeId>
{
    private const int Length = 36;

    private readonly string text;

    private NodeId(string text) => this.text = text;

    /// <summary>Whether one NodeID comes before another.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether <paramref name="left"/> is the smaller text.</returns>
    public static bool operator <(NodeId? left, NodeId? right) => Compare(left, right) < 0;

    /// <summary>Whether one NodeID comes before another or is the same.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether <paramref name="left"/> is not the greater text.</returns>
    public static bool operator <=(NodeId? left, NodeId? right) => Compare(left, right) <= 0;

    /// <summary>Whether one NodeID comes after another.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether <paramref name="left"/> is the greater text.</returns>
    public static bool operator >(NodeId? left, NodeId? right) => Compare(left, right) > 0;

    /// <summary>Whether one NodeID comes after another or is the same.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether <paramref name="left"/> is not the smaller text.</returns>
    public static bool operator >=(NodeId? left, NodeId? right) => Compare(left, right) >= 0;

    /// <summary>A new random NodeID (UUID version 4, RFC 9562, section 5.4; 122 bits from the system's generator).</summary>
    /// <returns>The NodeID.</returns>
    public static NodeId New() => new(Guid.NewGuid().ToString("D"));

    /// <summary>Reads a NodeID.</summary>
    /// <param name="text">
    /// 8-4-4-4-12 hex digits in any case, nothing around them. Braces, missing dashes, white space and the nil UUID (which
    /// an empty field turns into) are refused; so nothing that starts with a dash can pass for an option either.
    /// </param>
    /// <param name="value">The NodeID, or null when refused.</param>
    /// <returns>Whether the text was a NodeID. Never throws.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out NodeId? value)
    {
        value = null;
        // Guid's own parser trims, and lets "0x" and signs pass for hex digits.
        if (text is not { Length: Length } || !HasCanonicalForm(text))
            return false;
        if (Guid.ParseExact(text, "D") == Guid.Empty)
            return false;

        value = new NodeId(text.ToLowerInvariant());
        return true;
    }

    /// <summary>Compares the texts, ordinally.</summary>
    /// <param name="other">The other NodeID; null comes first.</param>
    /// <returns>Less than zero, zero or more than zero.</returns>
    public int CompareTo(NodeId? other) => string.CompareOrdinal(text, other?.text);

    /// <summary>The UUID as a value.</summary>
    /// <returns>The UUID.</returns>
    public Guid ToGuid() => Guid.ParseExact(text, "D");

    /// <summary>The canonical text.</summary>
    /// <returns>36 characters, lower case.</returns>
    public override string ToString() => text;

    private static int Compare(NodeId? left, NodeId? right) => string.CompareOrdinal(left?.text, right?.text);

    private static bool HasCanonicalForm(string text)
    {
        for (int i = 0; i < Length; i++)
        {
            bool fits = i is 8 or 13 or 18 or 23 ? text[i] == '-' : char.IsAsciiHexDigit(text[i]);
            if (!fits)
                return false;
        }

        return true;
    }
}
