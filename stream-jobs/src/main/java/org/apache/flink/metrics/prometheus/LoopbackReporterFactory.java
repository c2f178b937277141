package org.apache.flink.metrics.prometheus;

import io.prometheus.client.exporter.HTTPServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Properties;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * Flink's metrics for Prometheus, as {@link PrometheusReporterFactory} makes them, but on loopback
 * alone: that one answers on every address of the machine and knows no setting for it. In its
 * package, because what it reports is visible only here.
 */
public final class LoopbackReporterFactory implements MetricReporterFactory {
  /** Setting of the reporter: where it answers. */
  public static final String PORT = PrometheusReporterFactory.ARG_PORT;

  @Override
  public MetricReporter createMetricReporter(Properties settings) {
    return new Reporter(Integer.parseInt(settings.getProperty(PORT)));
  }

  private static final class Reporter extends AbstractPrometheusReporter {
    private final HTTPServer server;

    Reporter(int port) {
      try {
        server =
            new HTTPServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port), registry, true);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot serve metrics on port " + port, e);
      }
    }

    @Override
    public void close() {
      server.stop();
      super.close();
    }
  }
}
