using System.Net.Http.Headers;
using System.Security.Authentication;
using Uptrakit.Cli.Commands;
using Uptrakit.Contracts.Client;
using Uptrakit.Trust.Text;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Cli.Connection;

/// <summary>HTTP towards one Controller: verified, with a deadline, a bound, no redirects, no proxy, no cookies.</summary>
internal sealed class ApiClient : IDisposable
{
    // Ten thousand Services with their facts are about 3 MB.
    private const int LargestAnswer = 4 << 20;

    private readonly Target target;
    private readonly VerifiedHandler handler;
    private readonly HttpClient http;

    internal ApiClient(Target target, CliEnvironment environment)
    {
        this.target = target;
        handler = new VerifiedHandler(target.Address, target.Policy(environment.Roots), environment.Clock);
        http = new HttpClient(handler.Http, disposeHandler: false)
        {
            Timeout = target.Timeout,
            MaxResponseContentBufferSize = LargestAnswer,
        };
    }

    internal Target Target => target;

    public void Dispose()
    {
        http.Dispose();
        handler.Dispose();
    }

    /// <summary>Sends once. Nothing of the request leaves before the server is verified.</summary>
    internal async Task<ApiResult<ApiReply>> SendAsync(ApiRequest request, string? bearer, CancellationToken cancel)
    {
        using HttpRequestMessage message = request.ToMessage(target.Address.Base);
        if (bearer is not null)
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        try
        {
            using HttpResponseMessage response = await http.SendAsync(message, HttpCompletionOption.ResponseContentRead, cancel);
            return new ApiReply(response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancel));
        }
        catch (HttpRequestException fault)
        {
            return FaultOf(fault);
        }
        catch (TaskCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new ApiFault(ExitCode.Unreachable,
                $"no answer from {target.Name} within {Durations.Format(target.Timeout)}",
                "give it more time with --timeout, or see whether the Controller runs");
        }
    }

    private ApiFault FaultOf(HttpRequestException fault)
    {
        if (handler.Verdict is { Accepted: false } refused)
            return TrustFaults.Of(target, refused);
        // The platform's words about a handshake name no cause that an operator could act on, and hold what the peer sent.
        return fault.InnerException is AuthenticationException
            ? TrustFaults.Of(target, ServerVerdict.Refuse(ServerRefusal.NoTls13))
            : FaultOf(fault.HttpRequestError);
    }

    private ApiFault FaultOf(HttpRequestError error) => error switch
    {
        HttpRequestError.ConfigurationLimitExceeded => new ApiFault(ExitCode.Failed,
            $"{target.Name} answered with more than {LargestAnswer >> 20} MiB"),
        HttpRequestError.NameResolutionError => Unreachable($"the name {target.Address.Host} cannot be looked up"),
        HttpRequestError.ConnectionError => Unreachable($"nobody listens at {target.Name}"),
        HttpRequestError.SecureConnectionError => Unreachable($"{target.Name} broke off the TLS handshake"),
        _ => Unreachable($"{target.Name} gave no proper HTTP answer"),
    };

    private static ApiFault Unreachable(string words) =>
        new(ExitCode.Unreachable, words, "see whether the address is right and the Controller runs");
}
