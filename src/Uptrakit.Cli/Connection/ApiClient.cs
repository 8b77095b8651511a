using System.Net;
using System.Net.Http.Headers;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Cli.Connection;

/// <summary>HTTP towards one Controller: verified, with a deadline, a bound, no redirects, no proxy, no cookies.</summary>
internal sealed class ApiClient : IDisposable
{
    // Ten thousand Services with their facts are about 3 MB.
    private const int LargestAnswer = 4 << 20;

    private readonly Target target;
    private readonly ServerHandler handler;
    private readonly HttpClient http;

    internal ApiClient(Target target, ServerHandler handler)
    {
        this.target = target;
        this.handler = handler;
        http = new HttpClient(handler.Http, disposeHandler: true)
        {
            Timeout = target.Timeout,
            MaxResponseContentBufferSize = LargestAnswer,
        };
    }

    internal Target Target => target;

    public void Dispose() => http.Dispose();

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
                $"no answer from {target.Name} within {Uptrakit.Trust.Text.Durations.Format(target.Timeout)}",
                "give it more time with --timeout, or see whether the Controller runs");
        }
    }

    private ApiFault FaultOf(HttpRequestException fault) => fault.HttpRequestError switch
    {
        HttpRequestError.SecureConnectionError => TrustFaults.Of(target, handler.Refusal),
        HttpRequestError.ConfigurationLimitExceeded => new ApiFault(ExitCode.Failed,
            $"{target.Name} answered with more than {LargestAnswer >> 20} MiB"),
        _ => new ApiFault(ExitCode.Unreachable, $"{target.Name} cannot be reached: {fault.Message}",
            "see whether the address is right and the Controller runs"),
    };
}
