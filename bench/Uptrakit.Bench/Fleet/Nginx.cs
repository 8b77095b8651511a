namespace Uptrakit.Bench.Fleet;

/// <summary>nginx as one process on loopback, with the same certificate and the same demands as the Controller: no resumption.</summary>
internal static class Nginx
{
    public static Child Make(Places places, int port, string certificate, string key)
    {
        string folder = Directory.CreateDirectory(Path.Combine(places.Root, "nginx")).FullName;
        string configuration = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(configuration, $$"""
            daemon off;
            master_process off;
            pid {{folder}}/pid;
            error_log {{folder}}/error.log crit;
            events { worker_connections 1024; }
            http {
              access_log off;
              client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              scgi_temp_path {{folder}}/scgi;
              server {
                listen 127.0.0.1:{{port}} ssl;
                ssl_certificate {{certificate}};
                ssl_certificate_key {{key}};
                ssl_protocols TLSv1.3;
                ssl_session_cache off;
                ssl_session_tickets off;
                ssl_verify_client optional_no_ca;
                location / { return 204; }
              }
            }

            """);
        return new(Executables.Nginx!, ["-p", folder, "-c", configuration, "-e", Path.Combine(folder, "error.log")], Path.Combine(folder, "output.log"));
    }
}
