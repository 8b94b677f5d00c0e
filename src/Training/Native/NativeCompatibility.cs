using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace EcgIntegration.Training.Native;

/// <summary>
/// Lets a native library that was built with a newer GCC load on a system with an older C++ runtime (Debian 12 and
/// TorchSharp), where it asks for a version of the runtime without using anything of it.
/// </summary>
internal static class NativeCompatibility
{
    /// <summary>The C++ runtime whose versions are in question.</summary>
    public const string CppRuntime = "libstdc++.so.6";

    /// <summary>Marks as weak each version of <paramref name="dependency"/> that the system lacks and no relocation uses.</summary>
    /// <param name="library">The library in an output folder. It is replaced, not written to: the file may be a hard link into the package cache.</param>
    /// <param name="dependency">Name of the library that is asked, for example <c>libstdc++.so.6</c>.</param>
    /// <param name="available">Versions that the system's copy of it defines.</param>
    /// <returns>The versions marked; empty where nothing had to be done.</returns>
    /// <exception cref="InvalidDataException">The library really needs a version that the system lacks, or is no ELF library.</exception>
    public static IReadOnlyList<string> Relax(string library, string dependency, IReadOnlySet<string> available)
    {
        var image = File.ReadAllBytes(library);
        var elf = ElfFile.Parse(image);
        var missing = elf.VersionNeeds()
            .Where(need => need.Library == dependency && !need.IsWeak && !available.Contains(need.Version))
            .ToList();
        foreach (var need in missing)
        {
            if (elf.IsRelocated(need))
            {
                throw new InvalidDataException(
                    $"{Path.GetFileName(library)} uses {need.Version} of {dependency}, which this system lacks: install a newer C++ runtime.");
            }

            BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(need.FlagsOffset), (ushort)(need.Flags | ElfVersionNeed.Weak));
        }

        if (missing.Count > 0)
        {
            Replace(library, image);
        }

        return [.. missing.Select(need => need.Version)];
    }

    /// <summary>The versions the system's C++ runtime defines, or <see langword="null"/> where there is none to look at.</summary>
    public static IReadOnlySet<string>? SystemCppVersions()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad(CppRuntime, out var handle))
        {
            return null;
        }

        try
        {
            // The loader's own answer: no guess about library paths, caches or architectures.
            var path = File.ReadLines("/proc/self/maps")
                .Select(line => line[(line.LastIndexOf(' ') + 1)..])
                .FirstOrDefault(file => Path.GetFileName(file).StartsWith("libstdc++.so.", StringComparison.Ordinal));
            return path is null ? null : ElfFile.Parse(File.ReadAllBytes(path)).DefinedVersions();
        }
        finally
        {
            NativeLibrary.Free(handle);
        }
    }

    private static void Replace(string library, byte[] image)
    {
        // The original's time is kept, so that an incremental build sees no difference and copies nothing again.
        var written = File.GetLastWriteTimeUtc(library);
        var temporary = library + ".relaxed";
        File.WriteAllBytes(temporary, image);
        File.SetLastWriteTimeUtc(temporary, written);
        File.Move(temporary, library, overwrite: true);
    }
}
