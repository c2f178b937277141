package io.downbeat.ingest;

import static io.javalin.http.HandlerType.GET;
import static io.javalin.http.HandlerType.POST;

import io.downbeat.ingest.http.Route;
import io.downbeat.ingest.http.ServiceKey;
import io.javalin.http.Handler;
import java.util.List;

/** Every path there is. */
final class Routes {

  private Routes() {}

  static List<Route> of(ServiceKey key, Handler plays, Handler catalog, Operations operations) {
    return List.of(
        new Route(POST, "/v1/plays", key.required(plays)),
        new Route(POST, "/v1/catalog", key.required(catalog)),
        new Route(GET, "/healthz", operations::health),
        new Route(GET, "/readyz", operations::readiness),
        new Route(GET, "/metrics", operations::metrics));
  }
}
