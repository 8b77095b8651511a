namespace Uptrakit.Bench;

/// <summary>nginx as one process on loopback, in a folder of its own.</summary>
internal static class Nginx
{
    /// <summary>Null when it is not installed.</summary>
    public static string? File { get; } = new[] { "/usr/sbin/nginx", "/usr/bin/nginx" }.FirstOrDefault(System.IO.File.Exists);

    /// <param name="folder">Its own.</param>
    /// <param name="connections">At once.</param>
    /// <param name="http">What stands in the block of http.</param>
    public static Child Make(string folder, int connections, string http)
    {
        string configuration = Path.Combine(folder, "nginx.conf");
        System.IO.File.WriteAllText(configuration, $$"""
            daemon off;
            master_process off;
            pid {{folder}}/pid;
            error_log {{folder}}/error.log crit;
            events { worker_connections {{connections}}; }
            http {
              client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              scgi_temp_path {{folder}}/scgi;
              {{http}}
            }

            """);
        return new(File!, ["-p", folder, "-c", configuration, "-e", Path.Combine(folder, "error.log")], Path.Combine(folder, "output.log"));
    }
}
