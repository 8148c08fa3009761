using Mnemo.Memories;

namespace Mnemo.Privacy;

/// <summary>A person, as one platform knows them.</summary>
/// <param name="Platform">The platform.</param>
/// <param name="UserId">The platform's user id.</param>
public sealed record PersonKey(string Platform, string UserId)
{
    /// <summary>Everything that they said, wherever on the platform. What others said of them is the others'.</summary>
    public MemoryFilter Said => MemoryFilter.And(MemoryFilter.Equal(TextField.Platform, Platform), MemoryFilter.Equal(TextField.Speaker, UserId));
}
