using System.CommandLine;
using EcgIntegration.Training.Native;

namespace EcgIntegration.Training.Commands;

/// <summary>The build step of <c>Native.targets</c>; not for people, so it is hidden from the help.</summary>
internal static class RelaxNativeLibraryCommand
{
    public static Command Create()
    {
        var library = new Argument<FileInfo>("library") { Description = "The native library in an output folder." };
        var command = new Command("relax-native-library", "Lets a native library load on a system with an older C++ runtime.") { library };
        command.Hidden = true;
        command.SetAction(result =>
        {
            if (NativeCompatibility.SystemCppVersions() is { } available)
            {
                NativeCompatibility.Relax(result.GetRequiredValue(library).FullName, NativeCompatibility.CppRuntime, available);
            }

            return 0;
        });
        return command;
    }
}
