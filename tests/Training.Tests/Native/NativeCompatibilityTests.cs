using System.Runtime.InteropServices;
using EcgIntegration.Training.Native;

namespace EcgIntegration.Training.Tests.Native;

public sealed class NativeCompatibilityTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ecg-elf-");

    [Fact]
    public void Reads_needed_and_defined_versions()
    {
        var elf = ElfFile.Parse(SyntheticElf.Create(relocatedVersion: 2));

        Assert.Equal(["DEP_1.0", "DEP_2.0"], elf.VersionNeeds().Select(need => need.Version));
        Assert.All(elf.VersionNeeds(), need => Assert.Equal("libdep.so.1", need.Library));
        Assert.Equal(["SELF_1.0"], elf.DefinedVersions());
    }

    [Fact]
    public void Marks_a_missing_version_that_no_relocation_uses()
    {
        var library = Write(SyntheticElf.Create(relocatedVersion: 2));

        Assert.Equal(["DEP_2.0"], NativeCompatibility.Relax(library, "libdep.so.1", new HashSet<string> { "DEP_1.0" }));

        var needs = ElfFile.Parse(File.ReadAllBytes(library)).VersionNeeds();
        Assert.False(needs[0].IsWeak);
        Assert.True(needs[1].IsWeak);
    }

    [Fact]
    public void Changes_two_bytes_and_nothing_else()
    {
        var before = SyntheticElf.Create(relocatedVersion: 2);
        var library = Write(before);

        NativeCompatibility.Relax(library, "libdep.so.1", new HashSet<string> { "DEP_1.0" });

        var after = File.ReadAllBytes(library);
        var flags = ElfFile.Parse(before).VersionNeeds()[1].FlagsOffset;
        Assert.Equal(before.Length, after.Length);
        Assert.All(Enumerable.Range(0, before.Length).Where(i => before[i] != after[i]), i => Assert.InRange(i, flags, flags + 1));
    }

    [Fact]
    public void Does_nothing_the_second_time_and_nothing_where_the_system_is_new_enough()
    {
        var library = Write(SyntheticElf.Create(relocatedVersion: 2));
        Assert.Empty(NativeCompatibility.Relax(library, "libdep.so.1", new HashSet<string> { "DEP_1.0", "DEP_2.0" }));

        NativeCompatibility.Relax(library, "libdep.so.1", new HashSet<string> { "DEP_1.0" });
        var written = File.ReadAllBytes(library);

        Assert.Empty(NativeCompatibility.Relax(library, "libdep.so.1", new HashSet<string> { "DEP_1.0" }));
        Assert.Equal(written, File.ReadAllBytes(library));
    }

    [Fact]
    public void Refuses_where_the_missing_version_is_really_used()
    {
        var before = SyntheticElf.Create(relocatedVersion: 3);
        var library = Write(before);

        var error = Assert.Throws<InvalidDataException>(() => NativeCompatibility.Relax(library, "libdep.so.1", new HashSet<string> { "DEP_1.0" }));

        Assert.Contains("DEP_2.0", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(library));
    }

    [Fact]
    public void Leaves_the_other_end_of_a_hard_link_alone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Hard links are made with ln.");
        var before = SyntheticElf.Create(relocatedVersion: 2);
        var cached = Write(before);
        var output = Path.Combine(_folder.FullName, "output.so");
        Assert.Equal(0, Link(cached, output));

        NativeCompatibility.Relax(output, "libdep.so.1", new HashSet<string> { "DEP_1.0" });

        Assert.Equal(before, File.ReadAllBytes(cached));
        Assert.NotEqual(before, File.ReadAllBytes(output));
        Assert.Equal(File.GetLastWriteTimeUtc(cached), File.GetLastWriteTimeUtc(output));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(200)]
    public void Says_that_a_damaged_file_is_no_library(int length)
    {
        var image = SyntheticElf.Create(relocatedVersion: 2)[..length];

        Assert.Throws<InvalidDataException>(() => ElfFile.Parse(image).VersionNeeds());
    }

    [Fact]
    public void The_library_beside_this_test_asks_for_nothing_that_this_system_lacks()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, "Only this build has the library.");
        var library = Path.Combine(AppContext.BaseDirectory, "runtimes/linux-x64/native/libLibTorchSharp.so");
        var available = NativeCompatibility.SystemCppVersions();

        Assert.NotNull(available);
        Assert.Contains("GLIBCXX_3.4", available);
        var needs = ElfFile.Parse(File.ReadAllBytes(library)).VersionNeeds().Where(need => need.Library == NativeCompatibility.CppRuntime).ToList();
        Assert.Contains(needs, need => need.Version == "GLIBCXX_3.4");
        Assert.All(needs, need => Assert.True(need.IsWeak || available.Contains(need.Version), need.Version));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [DllImport("libc", EntryPoint = "link", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Link(string existing, string added);

    private string Write(byte[] image)
    {
        var path = Path.Combine(_folder.FullName, "library.so");
        File.WriteAllBytes(path, image);
        return path;
    }
}
