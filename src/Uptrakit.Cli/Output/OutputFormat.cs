namespace Uptrakit.Cli.Output;

/// <summary>How data is written.</summary>
internal enum OutputFormat
{
    /// <summary>Tables and sentences.</summary>
    Human,

    /// <summary>JSON as the API has it.</summary>
    Json,

    /// <summary>The same data as YAML.</summary>
    Yaml,
}
