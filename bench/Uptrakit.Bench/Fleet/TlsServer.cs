namespace Uptrakit.Bench.Fleet;

/// <summary>nginx with the same certificate and the same demands as the Controller: no resumption.</summary>
internal static class TlsServer
{
    public static Child Make(Places places, int port, string certificate, string key) => Nginx.Make(
        Directory.CreateDirectory(Path.Combine(places.Root, "nginx")).FullName, 1024, $$"""
        access_log off;
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
        """);
}
