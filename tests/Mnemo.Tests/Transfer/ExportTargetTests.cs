using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Mnemo.Tests.Harness;
using Mnemo.Transfer;
using Xunit;

namespace Mnemo.Tests.Transfer;

/// <summary>What lies under the name that an export is given stays what it is.</summary>
public sealed class ExportTargetTests : IDisposable
{
    private const string Content = "{\"id\":\"1\"}\n";

    private readonly ScratchDirectory _scratch = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_file_appears_whole_and_keeps_the_mode_that_it_had()
    {
        var file = PathOf("out.jsonl");
        await WriteAsync(file);
        Assert.Equal(Content, await File.ReadAllTextAsync(file, Now));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        await WriteAsync(file, "other\n");

        Assert.Equal("other\n", await File.ReadAllTextAsync(file, Now));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(file));
        Assert.Single(Directory.GetFiles(_scratch.Path));
    }

    [Fact]
    public async Task An_export_that_fails_leaves_the_file_and_nothing_beside_it()
    {
        var file = PathOf("out.jsonl");
        await WriteAsync(file);
        await Assert.ThrowsAsync<IOException>(() => ExportTarget.WriteAsync<int>(file, stream =>
        {
            stream.Write("half"u8);
            throw new IOException("No space left on device");
        }, Now));

        Assert.Equal(Content, await File.ReadAllTextAsync(file, Now));
        Assert.Single(Directory.GetFiles(_scratch.Path));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_link_stays_a_link_and_the_file_that_it_names_is_written(bool isThere)
    {
        Directory.CreateDirectory(PathOf("elsewhere"));
        var file = PathOf("elsewhere/out.jsonl");
        if (isThere) await File.WriteAllTextAsync(file, "former", Now);
        File.CreateSymbolicLink(PathOf("second"), "elsewhere/out.jsonl");
        File.CreateSymbolicLink(PathOf("first"), "second");
        await WriteAsync(PathOf("first"));

        Assert.Equal(Content, await File.ReadAllTextAsync(file, Now));
        Assert.Equal(("second", "elsewhere/out.jsonl"), (new FileInfo(PathOf("first")).LinkTarget, new FileInfo(PathOf("second")).LinkTarget));
    }

    [Fact]
    public async Task A_directory_a_circle_of_links_and_a_part_that_is_a_link_are_refused()
    {
        Directory.CreateDirectory(PathOf("directory"));
        File.CreateSymbolicLink(PathOf("circle"), "circle");
        await File.WriteAllTextAsync(PathOf("precious"), "kept", Now);
        File.CreateSymbolicLink(PathOf("out.jsonl.part"), "precious");

        Assert.Equal(ExportTargetProblem.Directory, (await RefusedAsync("directory")).Problem);
        Assert.Equal(ExportTargetProblem.Link, (await RefusedAsync("circle")).Problem);
        Assert.Equal(ExportTargetProblem.Part, (await RefusedAsync("out.jsonl")).Problem);
        Assert.Equal("kept", await File.ReadAllTextAsync(PathOf("precious"), Now));
    }

    [Fact]
    public async Task A_pipe_is_written_to_and_stays_a_pipe()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Named pipes are Linux's.");
        var pipe = PathOf("pipe");
        Run("mkfifo", pipe);
        var reading = Task.Run(() => File.ReadAllText(pipe), Now);
        await WriteAsync(pipe);

        Assert.Equal(Content, await reading);
        Assert.Equal(FileKind.Stream, FileKinds.Of(pipe));
        Assert.Single(Directory.GetFileSystemEntries(_scratch.Path));
    }

    [Fact]
    public async Task Waiting_for_a_pipe_that_nobody_reads_can_be_given_up()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Named pipes are Linux's.");
        var pipe = PathOf("pipe");
        Run("mkfifo", pipe);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var writing = ExportTarget.WriteAsync(pipe, _ => Task.FromResult(0), stopping.Token);
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.WaitAsync(TimeSpan.FromMinutes(1), Now));
        // Lets the opening that was left behind end.
        await using var reader = new FileStream(pipe, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
    }

    [Fact]
    public async Task A_device_is_written_to_and_stays_a_device()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Devices as files are Linux's.");
        File.CreateSymbolicLink(PathOf("nothing"), "/dev/null");
        await WriteAsync(PathOf("nothing"));
        await WriteAsync("/dev/null");
        Assert.Equal((FileKind.Link, FileKind.Stream), (FileKinds.Of(PathOf("nothing"), followLinks: false), FileKinds.Of("/dev/null")));
        await Assert.ThrowsAsync<IOException>(() => WriteAsync("/dev/full"));
    }

    [Fact]
    public async Task A_socket_is_spoken_to_when_somebody_listens_and_refused_when_nobody_does()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Sockets as files are Linux's.");
        var path = PathOf("socket");
        using (var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen();
            var reading = ReadAsync(listener);
            await WriteAsync(path);
            Assert.Equal(Content, await reading);
            Run("cp", "-a", path, PathOf("left"));
        }

        Assert.Equal(ExportTargetProblem.Socket, (await RefusedAsync(Path.Exists(path) ? "socket" : "left")).Problem);
    }

    private static async Task<string> ReadAsync(Socket listener)
    {
        using var caller = await listener.AcceptAsync(Now);
        using var reader = new StreamReader(new NetworkStream(caller), Encoding.UTF8);
        return await reader.ReadToEndAsync(Now);
    }

    private Task<ExportTargetException> RefusedAsync(string name) => Assert.ThrowsAsync<ExportTargetException>(() => WriteAsync(PathOf(name)));

    private static Task<int> WriteAsync(string path, string content = Content) => ExportTarget.WriteAsync(path, async stream =>
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(content), Now);
        return content.Length;
    }, Now);

    private static void Run(string program, params IReadOnlyList<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private string PathOf(string name) => Path.Combine(_scratch.Path, name);
}
