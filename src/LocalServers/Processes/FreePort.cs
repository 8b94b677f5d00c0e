using System.Net;
using System.Net.Sockets;

namespace EcgIntegration.LocalServers.Processes;

/// <summary>Loopback ports that nobody listens on. Somebody may take one before it is used, so whoever uses it must try again.</summary>
public static class FreePort
{
    /// <summary>Different free ports.</summary>
    public static int[] Take(int count)
    {
        // All are held until the last is known: the system would otherwise hand out the same one twice.
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        try
        {
            listeners.ForEach(listener => listener.Start());
            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
        }
    }

    /// <summary>Whether a loopback port could be listened on at this moment.</summary>
    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
