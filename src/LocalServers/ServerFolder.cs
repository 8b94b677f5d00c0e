using System.Text.Json;
using EcgIntegration.LocalServers.Processes;

namespace EcgIntegration.LocalServers;

/// <summary>
/// Where one private server lives: the folder it was given, readable by its starter alone, with what must be
/// remembered; and the place of its data, owned by the account the server runs under.
/// </summary>
internal sealed class ServerFolder
{
    private const string StateFile = "instance.json";
    private const int PathLimit = 160;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private ServerFolder(string path, string data)
    {
        Path = path;
        Data = data;
    }

    /// <summary>The folder given.</summary>
    public string Path { get; }

    /// <summary>Where the server keeps its files.</summary>
    public string Data { get; }

    /// <summary>Both.</summary>
    public IEnumerable<string> Folders => [Path, Data];

    /// <summary>A file of the server.</summary>
    public string File(string name) => System.IO.Path.Combine(Data, name);

    /// <summary>Opens the folder of a server that was started in it, or <see langword="null"/>.</summary>
    public static ServerFolder? Find(string folder)
    {
        folder = System.IO.Path.GetFullPath(folder);
        var data = LocationFile(folder) is var file && System.IO.File.Exists(file)
            ? System.IO.File.ReadAllText(file).Trim()
            : string.Empty;
        return Directory.Exists(data) ? new(folder, data) : null;
    }

    /// <summary>Creates or opens the folder for a server.</summary>
    public static async Task<ServerFolder> PrepareAsync(string folder, string name, ServerAccount account, CancellationToken cancellationToken)
    {
        folder = System.IO.Path.GetFullPath(folder);
        Directory.CreateDirectory(folder);
        if (Find(folder) is { } existing)
        {
            return existing;
        }

        var data = System.IO.Path.Combine(folder, name);
        if (!IsPlain(data) || !await account.CanEnterAsync(folder, cancellationToken))
        {
            // Named at random by mkdtemp, so nobody can have prepared it; kept, because it holds data.
            data = (await ShortCommand.RunAsync(["mktemp", "-d", $"/var/tmp/ecg-{name}-XXXXXXXX"], null, cancellationToken)).Trim();
        }

        await ShortCommand.RunAsync(["install", "-d", "-m", "700", "--", data], null, cancellationToken);
        await account.TakeAsync(cancellationToken, data);

        // The real path, because that is what /proc tells of a process.
        data = (await ShortCommand.RunAsync(["realpath", "--", data], null, cancellationToken)).Trim();
        OwnedFile.Write(LocationFile(folder), data + "\n");
        return new(folder, data);
    }

    /// <summary>What was remembered, or <see langword="null"/>.</summary>
    public T? Read<T>() where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(System.IO.File.ReadAllText(System.IO.Path.Combine(Path, StateFile)), Json);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new PrivateServerException($"{System.IO.Path.Combine(Path, StateFile)} is damaged: move {Path} away and start again.", e);
        }
    }

    /// <summary>Remembers something, atomically.</summary>
    public void Write<T>(T state) => OwnedFile.Write(System.IO.Path.Combine(Path, StateFile), JsonSerializer.Serialize(state, Json));

    /// <summary>Keeps a second start out until disposed.</summary>
    public Task<FileStream> LockAsync(CancellationToken cancellationToken) => FileLock.TakeAsync(System.IO.Path.Combine(Path, "lock"), cancellationToken);

    private static string LocationFile(string folder) => System.IO.Path.Combine(folder, "location");

    // RabbitMQ's scripts split their settings at spaces, and a path is printed into several file names.
    private static bool IsPlain(string path) =>
        path.Length <= PathLimit && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-' or '+');
}
