using System.Buffers.Binary;
using System.Net.Sockets;

namespace Mnemo.Plugin.Local;

/// <summary>The socket of a data directory, open only for the account that owns it.</summary>
internal sealed class SocketListener : IDisposable
{
    private const int SocketLevel = 1, PeerCredentials = 17, CredentialBytes = 12, UserOffset = 4;
    private readonly Socket _socket;
    private readonly string _dataDirectory;

    private SocketListener(Socket socket, string dataDirectory) => (_socket, _dataDirectory) = (socket, dataDirectory);

    /// <summary>Begins to listen. Only the owner of the data directory may: it replaces a socket that is there.</summary>
    public static SocketListener Open(string dataDirectory, int backlog)
    {
        var path = SocketPath.Claim(dataDirectory, Environment.GetEnvironmentVariable);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            // Nobody can connect before it listens, so it is never open to others.
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            socket.Listen(backlog);
            return new SocketListener(socket, dataDirectory);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public ValueTask<Socket> AcceptAsync(CancellationToken cancellation) => _socket.AcceptAsync(cancellation);

    /// <summary>Whether a connection comes from the account that listens. Where the system does not tell, the file's mode has decided already.</summary>
    public bool IsOfSameUser(Socket accepted) => !OperatingSystem.IsLinux() || UserOf(accepted) == UserOf(_socket);

    public void Dispose()
    {
        _socket.Dispose();
        SocketPath.Release(_dataDirectory);
    }

    // Of a listening socket these are the credentials of whoever began to listen.
    private static uint UserOf(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[CredentialBytes];
        socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials);
        return BinaryPrimitives.ReadUInt32LittleEndian(credentials[UserOffset..]);
    }
}
