namespace EcgIntegration.TestKit;

/// <summary>The checkout that the tests were built from.</summary>
public static class Checkout
{
    /// <summary>Its folder.</summary>
    public static string Folder { get; } = Find(AppContext.BaseDirectory);

    /// <summary>A path in it.</summary>
    public static string File(params string[] parts) => Path.Combine([Folder, .. parts]);

    private static string Find(string folder) =>
        System.IO.File.Exists(Path.Combine(folder, "EcgIntegration.sln"))
            ? folder
            : Find(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run from a checkout."));
}
