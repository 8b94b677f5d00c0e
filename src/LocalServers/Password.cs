using System.Security.Cryptography;

namespace EcgIntegration.LocalServers;

/// <summary>Passwords for servers that nobody types.</summary>
public static class Password
{
    /// <summary>190 random bits in letters and digits, which need no escaping in an address.</summary>
    public static string New() => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 32);
}
