using Uptrakit.Cli.Configuration;
using Uptrakit.Cli.Connection;

namespace Uptrakit.Cli.Commands;

/// <summary>A login in the browser, perhaps on another machine (RFC 8628).</summary>
internal sealed class DeviceLogin(CliEnvironment environment, ApiClient client)
{
    private static readonly TimeSpan SlowerBy = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(1);

    internal async Task<ApiResult<StoredToken>> RunAsync(CancellationToken cancel)
    {
        OAuth oauth = new(client, environment.Clock, verified: !client.Target.Insecure);
        ApiResult<DeviceAnswer> begun = await oauth.DeviceAsync(cancel);
        if (begun.Value is not DeviceAnswer device)
            return begun.Fault!;

        environment.Terminal.Say($"Open {device.VerificationUri} in a browser and enter the code {device.UserCode}");
        if (device.VerificationUriComplete is string complete)
            environment.Terminal.Say($"or open {complete} and compare the code.");
        return await WaitAsync(oauth, device, cancel);
    }

    private async Task<ApiResult<StoredToken>> WaitAsync(OAuth oauth, DeviceAnswer device, CancellationToken cancel)
    {
        // 5 s where the server names no interval (section 3.2); what it names is bounded, so that it can neither spin nor hang us.
        TimeSpan interval = TimeSpan.FromSeconds(Math.Clamp(device.Interval ?? 5, 1, 60));
        TimeSpan left = TimeSpan.FromSeconds(Math.Clamp(device.ExpiresIn, 1, 3600));
        for (; left > TimeSpan.Zero; left -= interval)
        {
            await environment.Pause(interval, cancel);
            ApiResult<StoredToken> answer = await oauth.PollAsync(device.DeviceCode!, cancel);
            switch (answer.Fault)
            {
                case null:
                    return answer;
                case { Code: "authorization_pending" }:
                    break;
                case { Code: "slow_down" }:
                    interval += SlowerBy;
                    break;
                case { Exit: ExitCode.Unreachable }:
                    // "Unilaterally reduce their polling frequency": section 3.5.
                    interval = interval * 2 < LongestInterval ? interval * 2 : LongestInterval;
                    break;
                case { Code: "access_denied" }:
                    return new ApiFault(ExitCode.Failed, "the login was refused in the browser");
                case { Code: "expired_token" }:
                    left = TimeSpan.Zero;
                    break;
                default:
                    return answer;
            }
        }
        return new ApiFault(ExitCode.Failed, "nobody entered the code in time", "run 'uptrakit auth login' again");
    }
}
