using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd.Watch;

/// <summary>Every option of http checks against a real nginx.</summary>
public sealed class HttpTests(WatchedNode shared) : WatchTest(shared)
{
    private readonly int port = Ports.Free();
    private readonly Nginx nginx = new();

    public override async ValueTask InitializeAsync()
    {
        Nginx.SkipWhereMissing();
        await base.InitializeAsync();
        nginx.Write("passwords", $"ops:{{PLAIN}}{WatchedNode.WebPassword}\n");
        nginx.Write("drip", new string('.', 1500) + "the end");
        nginx.Write("flood", new string('.', 400_000) + "the end");
        await nginx.StartAsync($$"""
            server {
              listen 127.0.0.1:{{port}};
              listen [::1]:{{port}};
              location = / { return 200 "all is well\n"; }
              location = /status/503 { return 503; }
              location = /status/404 { return 404; }
              location = /status/204 { return 204; }
              location = /json { default_type application/json; return 200 '{"status":"ok","queue":[{"length":3}],"name":"Süd"}'; }
              location = /private { auth_basic "ops only"; auth_basic_user_file passwords; try_files /drip =500; }
              location = /token { if ($http_authorization != "Bearer {{WatchedNode.BearerToken}}") { return 401; } return 200; }
              location = /post {
                if ($request_method != POST) { return 405; }
                if ($http_x_probe != "yes, indeed") { return 400; }
                if ($content_length != 5) { return 411; }
                return 201;
              }
              location = /hop { return 302 /; }
              location = /loop { return 302 /loop; }
              location = /metadata { return 302 http://169.254.169.254/latest/meta-data/; }
              location = /ftp { return 302 ftp://127.0.0.1/; }
              location = /drip { limit_rate 1000; }
              location = /flood { limit_rate 1000; }
            }
            """, port, Cancel);
    }

    public override async ValueTask DisposeAsync()
    {
        await nginx.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public Task Options_OfHttpChecks_AreJudgedByWhatNginxAnswers() => JudgeAsync(
        Look("up", "HTTP 200", "/"),
        Look("up", "HTTP 204", "/status/204"),
        Look("down", "HTTP 503, expected 2xx", "/status/503"),
        Look("up", "HTTP 503", "/status/503", "--expect", "500-599"),
        Look("up", "HTTP 404", "/status/404", "--expect", "200-299,404"),
        Look("down", "HTTP 200, expected 204", "/", "--expect", "204"),
        Look("up", "", "/", "--body-match", "is well"),
        Look("down", "does not hold the expected text", "/", "--body-match", "is ill"),
        Look("down", "must not hold", "/", "--body-not-match", "is well"),
        Look("up", "", "/json", "--expect-json", "$.status == ok", "--expect-json", "$.queue[0].length < 10"),
        Look("down", "$.queue[0].length", "/json", "--expect-json", "$.queue[0].length > 10"),
        Look("down", "HTTP 401", "/private"),
        Look("up", "HTTP 200", "/private", "--user", "ops", "--password", "env:QUPTIME_SECRET_WEB"),
        Look("down", "HTTP 401", "/private", "--user", "ops", "--password", "another"),
        Look("down", "QUPTIME_SECRET_NOBODY", "/private", "--user", "ops", "--password", "env:QUPTIME_SECRET_NOBODY"),
        Look("up", "", "/token", "--bearer", "env:QUPTIME_SECRET_BEARER"),
        Look("down", "HTTP 401", "/token", "--bearer", "another"),
        Look("up", "HTTP 201", "/post", "--method", "POST", "--body", "hello", "--headers", "X-Probe: yes, indeed"),
        Look("down", "HTTP 400", "/post", "--method", "POST", "--body", "hello"),
        Look("down", "HTTP 405", "/post"),
        Look("up", "HTTP 200", "/", "--method", "HEAD"));

    [Fact]
    public Task Redirects_OfNginx_AreFollowedWhereTheyMay() => JudgeAsync(
        Look("up", "HTTP 200", "/hop"),
        Look("up", "HTTP 302", "/hop", "--expect", "302"),
        Look("down", "HTTP 302", "/hop", "--redirects", "-1"),
        Look("down", "redirect", "/loop"),
        Look("down", "redirect", "/metadata"),
        Look("down", "redirect", "/ftp"),
        new Expected("up", "HTTP 200", "http", $"http://[::1]:{port}/hop"));

    [Fact]
    public Task Answers_ThatAreSlow_WarnFailOrAreLeft() => JudgeAsync(
        Look("up", "", "/drip", "--body-match", "the end"),
        Look("warn", "it took", "/drip", "--body-match", "the end", "--slow", "10ms"),
        Look("down", "it took", "/drip", "--body-match", "the end", "--too-slow", "10ms"),
        // Without a body to look for, the head is the answer.
        Look("up", "HTTP 200", "/flood"),
        Look("down", "", "/flood", "--body-match", "the end", "--timeout", "900ms"));

    private Expected Look(string state, string words, string path, params string[] options) =>
        new(state, words, "http", $"http://127.0.0.1:{port}{path}", options);
}
