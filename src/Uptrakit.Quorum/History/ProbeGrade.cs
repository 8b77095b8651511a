namespace Uptrakit.Quorum.History;

/// <summary>What one probe of this node came to.</summary>
internal enum ProbeGrade
{
    Up,

    /// <summary>It works, and a warning level is passed.</summary>
    Warn,

    Down,
}
