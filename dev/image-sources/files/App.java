import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** App get URL | resolve NAME | env NAME | cat FILE | serve [PORT]: what a small JVM service does. */
public final class App {
    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "get" -> get(arguments[1]);
            case "resolve" -> {
                for (InetAddress address : InetAddress.getAllByName(arguments[1])) {
                    System.out.println(address.getHostAddress());
                }
            }
            case "env" -> System.out.println(System.getenv(arguments[1]));
            case "cat" -> System.out.print(Files.readString(Path.of(arguments[1])));
            case "serve" -> serve(arguments.length > 1 ? Integer.parseInt(arguments[1]) : 8080);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void get(String url) throws Exception {
        HttpResponse<String> response =
                HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(URI.create(url)).build(),
                                HttpResponse.BodyHandlers.ofString());
        System.out.println(response.statusCode());
        System.out.print(response.body());
    }

    private static void serve(int port) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.createContext(
                "/",
                exchange -> {
                    String text =
                            "java %s %s %s%n"
                                    .formatted(
                                            exchange.getRequestMethod(),
                                            exchange.getRequestURI(),
                                            exchange.getRemoteAddress());
                    byte[] body = text.getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        System.out.println("listening");
    }
}
