namespace Mnemo.Torture;

/// <summary>When a program is killed.</summary>
internal enum KillMoment
{
    /// <summary>While it starts, before it has said anything.</summary>
    Start,

    /// <summary>Around its first write, with messages waiting in the pipe.</summary>
    FirstWrite,

    /// <summary>While the doctor writes, recalls and erases.</summary>
    Doctor,

    /// <summary>In the middle of a stream.</summary>
    Stream,

    /// <summary>After the end of input, while it flushes.</summary>
    Flush,
}
