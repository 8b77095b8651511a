using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Uptrakit.Controller.Storage;

namespace Uptrakit.Tests.Hub.Storage;

public sealed class SchemaTests
{
    /// <summary>A change of the model without a migration would stop every Controller that starts with it.</summary>
    [Fact]
    public void Migrations_AreThoseOfTheModel()
    {
        Assert.False(HasPendingChanges(new SqliteDesignTime()));
        Assert.False(HasPendingChanges(new PostgresDesignTime()));
    }

    private static bool HasPendingChanges<T>(IDesignTimeDbContextFactory<T> factory)
        where T : HubContext
    {
        using T hub = factory.CreateDbContext([]);
        return hub.Database.HasPendingModelChanges();
    }
}
