using Spectre.Console;
using Uptrakit.Qu.Tui;

namespace Uptrakit.Tests.Tui;

/// <summary>What reaches a terminal in the end.</summary>
public sealed class FramePictureTests
{
    [Fact]
    public void Picture_WithColour_PaintsStatesAndKeepsBracketsAsTheyAre()
    {
        string written = Write(ColorSystemSupport.Standard);

        Assert.Contains("\u001b[32m", written, StringComparison.Ordinal);
        Assert.Contains("[red]x[/]", written, StringComparison.Ordinal);
    }

    [Fact]
    public void Picture_WithoutColour_HasNoColourInIt()
    {
        string written = Write(ColorSystemSupport.NoColors);

        Assert.DoesNotMatch("\u001b\\[[0-9;]*3[0-9]m", written);
        Assert.Contains("> [red]x[/]", System.Text.RegularExpressions.Regex.Replace(written, "\u001b\\[[0-9;]*m", ""), StringComparison.Ordinal);
    }

    [Fact]
    public void Picture_IsAsManyLinesAsTheTerminal_SoThatNothingScrolls()
    {
        string written = Write(ColorSystemSupport.NoColors);

        Assert.Equal(24, written.TrimEnd('\n').Split('\n').Length);
    }

    private static string Write(ColorSystemSupport colours)
    {
        TuiScene scene = new(checks: 0);
        scene.Refresh(static status => status.Checks.Add(TuiScene.Row("c-1", "[red]x[/]")));
        using StringWriter output = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes, ColorSystem = colours, Interactive = InteractionSupport.Yes, Out = new AnsiConsoleOutput(output),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        (console.Profile.Width, console.Profile.Height) = (80, 24);
        console.Write(new FramePicture(new TuiView(scene.Clock).Draw(scene.Model)));
        return output.ToString();
    }
}
