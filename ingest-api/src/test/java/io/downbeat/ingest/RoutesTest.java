package io.downbeat.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.downbeat.ingest.accounts.AccountsHandlers;
import io.downbeat.ingest.accounts.DevicesHandlers;
import io.downbeat.ingest.accounts.FamilyHandlers;
import io.downbeat.ingest.http.Callers;
import io.downbeat.ingest.http.ServiceKey;
import io.downbeat.ingest.library.LibraryHandler;
import io.downbeat.ingest.library.LibraryStore;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RoutesTest {

  @Test
  void theyAreThoseOfTheContract(@TempDir Path directory) throws Exception {
    JsonNode contract;
    try (InputStream yaml = getClass().getResourceAsStream("/openapi.yaml")) {
      assertThat(yaml).as("openapi.yaml of module schemas").isNotNull();
      contract = new YAMLMapper().readTree(yaml);
    }
    Set<String> promised = new TreeSet<>();
    contract
        .get("paths")
        .fields()
        .forEachRemaining(
            path ->
                path.getValue()
                    .fields()
                    .forEachRemaining(
                        operation -> {
                          if (Set.of("ingest", "both")
                              .contains(operation.getValue().path("x-app").asText())) {
                            promised.add(
                                operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey());
                          }
                        }));

    ServiceKey key =
        ServiceKey.read(Files.writeString(directory.resolve("key"), "0123456789abcdef"));
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Clock clock = Clock.systemUTC();
    Callers callers = new Callers(key, null, null, null, clock);
    LibraryHandler library =
        new LibraryHandler(callers, new LibraryStore(null, null, clock), Runnable::run, clock);
    AccountsHandlers accounts =
        new AccountsHandlers(null, null, null, null, callers, null, null, null);
    Set<String> given =
        Routes.of(
                key,
                ctx -> {},
                ctx -> {},
                accounts,
                new DevicesHandlers(null, callers, null),
                new FamilyHandlers(null, null, callers),
                library,
                new Operations(meters, List.of()))
            .stream()
            .map(route -> route.method().name() + " " + route.path())
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(given).isEqualTo(promised);
  }
}
