package io.downbeat.bench.opensearch;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.opensearch.analysis.common.CommonAnalysisPlugin;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.index.mapper.MapperExtrasPlugin;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.transport.Netty4Plugin;

/**
 * One OpenSearch node that is its own cluster, given a directory and the two ports of 127.0.0.1
 * that it answers on. Transport, HTTP, analysis and the fields of ranks are those of the
 * distribution; of its modules only these three are there.
 */
public final class OpenSearchNode extends Node {
  private OpenSearchNode(Environment environment) {
    super(
        environment,
        List.of(Netty4Plugin.class, CommonAnalysisPlugin.class, MapperExtrasPlugin.class),
        true);
  }

  public static void main(String[] args) throws Exception {
    Settings settings =
        Settings.builder()
            .put("path.home", args[0])
            .put("cluster.name", "bench")
            .put("node.name", "bench")
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("http.port", args[1])
            .put("transport.port", args[2])
            .put("http.type", "netty4")
            .put("transport.type", "netty4")
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
    OpenSearchNode node =
        new OpenSearchNode(
            InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "bench"));
    Runtime.getRuntime().addShutdownHook(new Thread(node::end, "stop"));
    node.start();
    // All of its threads are daemons.
    Thread.currentThread().join();
  }

  private void end() {
    try {
      close();
      awaitClose(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      System.err.println("Cannot close the node: " + e);
    }
  }
}
