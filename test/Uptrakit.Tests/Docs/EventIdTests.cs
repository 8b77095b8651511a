using System.Text.RegularExpressions;

namespace Uptrakit.Tests.Docs;

/// <summary>Each room logs under a hundred of its own: who searches for an id finds one meaning.</summary>
public sealed partial class EventIdTests
{
    [Fact]
    public async Task Ids_OfAllRooms_AreUniqueAndEachHundredHasOneRoom()
    {
        Dictionary<int, string> rooms = [];
        HashSet<int> ids = [];
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Checkout.Root(), "src"), "*Log.cs", SearchOption.AllDirectories))
        {
            string text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            foreach (int id in Id().Matches(text).Select(static match => int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)))
            {
                Assert.True(ids.Add(id), $"{file}: {id} is taken");
                Assert.True(rooms.TryAdd(id / 100, file) || rooms[id / 100] == file, $"{file}: {id} is in the hundred of {rooms[id / 100]}");
            }
        }

        Assert.NotEmpty(ids);
    }

    [GeneratedRegex(@"LoggerMessage\((\d+),")]
    private static partial Regex Id();
}
