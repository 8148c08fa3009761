using Mnemo.Plugin.Local;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Local;

public sealed class SocketPathTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_socket_lies_in_the_data_directory()
    {
        var path = SocketPath.Claim(_scratch.Path, _ => null);
        Assert.Equal(Path.Combine(_scratch.Path, "mnemo.sock"), path);
        Assert.Null(SocketPath.Find(_scratch.Path));
        File.WriteAllText(path, "");
        Assert.Equal(path, SocketPath.Find(_scratch.Path));
        SocketPath.Release(_scratch.Path);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_scratch.Path));
    }

    [Fact]
    public void Where_the_path_is_too_long_it_lies_in_the_runtime_directory_which_a_file_names()
    {
        var (data, runtime) = (LongDirectory(), PrivateDirectory("mnemo-run"));
        var path = SocketPath.Claim(data, name => name == "XDG_RUNTIME_DIR" ? runtime : null);
        Assert.Equal(runtime, Path.GetDirectoryName(path));
        File.WriteAllText(path, "");
        Assert.Equal(path, SocketPath.Find(data));
        Assert.Equal(path, SocketPath.Claim(data, name => name == "XDG_RUNTIME_DIR" ? runtime : null));
        SocketPath.Release(data);
        Assert.Empty(Directory.EnumerateFileSystemEntries(data));
        Assert.Empty(Directory.EnumerateFileSystemEntries(runtime));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("relative")]
    [InlineData("open to others")]
    public void Without_a_runtime_directory_of_its_own_it_lies_in_a_new_one_for_its_owner_alone(string? runtime)
    {
        var data = LongDirectory();
        if (OperatingSystem.IsWindows()) Assert.Skip("Modes of files are Unix's.");
        else if (runtime == "open to others")
        {
            runtime = PrivateDirectory("run");
            File.SetUnixFileMode(runtime, OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
        }

        var first = SocketPath.Claim(data, _ => runtime);
        var folder = Path.GetDirectoryName(first)!;
        Assert.StartsWith(Path.GetTempPath(), folder, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(OwnerOnly, File.GetUnixFileMode(folder));

        // Its bot was killed; the next one leaves nothing of it behind.
        File.WriteAllText(first, "");
        var second = SocketPath.Claim(data, _ => runtime);
        Assert.NotEqual(first, second);
        Assert.False(Directory.Exists(folder));
        SocketPath.Release(data);
        Assert.False(Directory.Exists(Path.GetDirectoryName(second)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not/rooted\n")]
    [InlineData("/nowhere/mnemo.sock\n")]
    public void A_file_that_names_no_socket_leads_nowhere_and_is_replaced(string text)
    {
        File.WriteAllText(Path.Combine(_scratch.Path, "mnemo.sock.path"), text);
        Assert.Null(SocketPath.Find(_scratch.Path));
        SocketPath.Claim(_scratch.Path, _ => null);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_scratch.Path));
    }

    [Fact]
    public void A_file_that_names_something_of_others_does_not_delete_it()
    {
        var foreign = Path.Combine(_scratch.Path, "diary.txt");
        File.WriteAllText(foreign, "mine");
        File.WriteAllText(Path.Combine(_scratch.Path, "mnemo.sock.path"), foreign + "\n");
        SocketPath.Claim(_scratch.Path, _ => null);
        Assert.True(File.Exists(foreign));
    }

    private string LongDirectory() => Directory.CreateDirectory(Path.Combine(_scratch.Path, new string('d', 60), new string('e', 60))).FullName;

    private string PrivateDirectory(string name)
    {
        var path = Directory.CreateDirectory(Path.Combine(_scratch.Path, name)).FullName;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, OwnerOnly);
        return path;
    }
}
