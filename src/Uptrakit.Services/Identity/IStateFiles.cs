using Uptrakit.Trust.Files;

namespace Uptrakit.Services.Identity;

/// <summary>The steps in which the state changes on disk: each has happened wholly or not at all when the power goes.</summary>
internal interface IStateFiles
{
    void Write(string path, ReadOnlySpan<byte> content);

    void Move(string from, string to);

    void Delete(string path);
}

/// <summary>Steps on a real disk.</summary>
internal sealed class DurableStateFiles : IStateFiles
{
    public void Write(string path, ReadOnlySpan<byte> content) => DurableFile.Write(path, content, DurableFile.OwnerOnly);

    public void Move(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        DurableFile.FsyncFolder(Path.GetDirectoryName(Path.GetFullPath(to))!);
    }

    public void Delete(string path) => DurableFile.Delete(path);
}
