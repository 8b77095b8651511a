namespace Uptrakit.Trust.Enrollment;

/// <summary>What is wrong with the text of a token. <see cref="EnrollmentToken.Describe"/> says what to do about it.</summary>
public enum TokenFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>There is no text.</summary>
    Empty,

    /// <summary>The text does not begin as a token does.</summary>
    NotAToken,

    /// <summary>The end is missing.</summary>
    Truncated,

    /// <summary>The checksum does not fit: at least one character is another one.</summary>
    Mistyped,

    /// <summary>A token of a version that this program does not know.</summary>
    UnknownVersion,

    /// <summary>The checksum fits, but what it covers makes no sense: not made by this program.</summary>
    Malformed,
}
