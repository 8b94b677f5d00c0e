using System.Reflection;
using System.Runtime.ExceptionServices;
using EcgIntegration.Persistence.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace EcgIntegration.Worker.Tests.Support;

/// <summary>The real ledger, one of whose methods throws what no working code throws, a number of times.</summary>
internal class FaultyLedger : DispatchProxy
{
    private IStudyLedger _ledger = null!;
    private string _method = "";
    private int _faults;

    /// <summary>Puts it in the ledger's place.</summary>
    public static void Install(IServiceCollection services, string method, int faults)
    {
        var real = services.Single(service => service.ServiceType == typeof(IStudyLedger));
        services.Remove(real);
        services.AddSingleton(provider =>
        {
            var proxy = Create<IStudyLedger, FaultyLedger>();
            var faulty = (FaultyLedger)(object)proxy;
            faulty._ledger = (IStudyLedger)ActivatorUtilities.CreateInstance(provider, real.ImplementationType!);
            faulty._method = method;
            faulty._faults = faults;
            return proxy;
        });
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name == _method && Interlocked.Decrement(ref _faults) >= 0)
        {
            throw new InvalidOperationException("A defect.");
        }

        try
        {
            return targetMethod.Invoke(_ledger, args);
        }
        catch (TargetInvocationException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerException!);
            throw;
        }
    }
}
