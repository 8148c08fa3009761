using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Mnemo.Vectors;

/// <summary>A file seen as memory, read only. Whoever reads through it must keep it from being disposed meanwhile.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private bool _disposed;

    /// <summary>Maps the first bytes of an open file; the handle stays the caller's.</summary>
    public MappedFile(SafeFileHandle handle, long length)
    {
        _file = MemoryMappedFile.CreateFromFile(handle, mapName: null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        try
        {
            _view = _file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            byte* start = null;
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            _start = start + _view.PointerOffset;
            Length = length;
        }
        catch
        {
            _view?.Dispose();
            _file.Dispose();
            throw;
        }
    }

    public long Length { get; }

    /// <summary>The rows that start at an offset.</summary>
    public VectorRows Rows(long offset, int count, int stride, int dimension)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (offset < 0 || count < 0 || (count > 0 && offset + ((long)(count - 1) * stride) + (4L * dimension) > Length))
            throw new ArgumentOutOfRangeException(nameof(offset), "The rows reach beyond the file.");
        return new VectorRows(ref _start[offset], count, stride, dimension);
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
