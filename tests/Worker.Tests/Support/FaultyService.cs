using System.Reflection;
using System.Runtime.ExceptionServices;
using EcgIntegration.Persistence.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace EcgIntegration.Worker.Tests.Support;

/// <summary>A real service, one of whose methods throws what no working code throws, a number of times.</summary>
internal class FaultyService<TService> : DispatchProxy where TService : class
{
    private TService _service = null!;
    private string _method = "";
    private int _left;
    private int _faults;
    private Func<Exception> _fault = () => new InvalidOperationException("A defect.");

    /// <summary>How often it has thrown.</summary>
    public int Faults => Volatile.Read(ref _faults);

    /// <summary>Puts it in the real one's place.</summary>
    public static void Install(
        IServiceCollection services, string method, int faults, Func<Exception>? fault = null, Action<FaultyService<TService>>? made = null)
    {
        var real = services.Single(service => service.ServiceType == typeof(TService));
        services.Remove(real);
        services.AddSingleton(provider =>
        {
            var proxy = Create<TService, FaultyService<TService>>();
            var faulty = (FaultyService<TService>)(object)proxy;
            faulty._service = (TService)ActivatorUtilities.CreateInstance(provider, real.ImplementationType!);
            faulty._method = method;
            faulty._left = faults;
            faulty._fault = fault ?? faulty._fault;
            made?.Invoke(faulty);
            return proxy;
        });
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name == _method && Interlocked.Decrement(ref _left) >= 0)
        {
            Interlocked.Increment(ref _faults);
            throw _fault();
        }

        try
        {
            return targetMethod.Invoke(_service, args);
        }
        catch (TargetInvocationException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerException!);
            throw;
        }
    }
}

/// <summary>The real ledger with a fault.</summary>
internal static class FaultyLedger
{
    /// <summary>Puts it in the ledger's place.</summary>
    public static void Install(IServiceCollection services, string method, int faults) =>
        FaultyService<IStudyLedger>.Install(services, method, faults);
}
