using System.Security.Cryptography;
using System.Text;
using Mnemo.Sqlite;

namespace Mnemo.State;

/// <summary>What is left of an id after it was forgotten: SHA-256 under a salt that this file alone has.</summary>
internal static class PersonHash
{
    public static string Of(PreparedConnection c, string platform, string id)
    {
        var salt = (byte[])c.Scalar("SELECT value FROM facts WHERE name = $1", StateValues.Salt)!;
        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes($"{platform}\n{id}")]));
    }
}
