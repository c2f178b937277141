package io.downbeat.local.servers;

import io.downbeat.local.servers.jvm.CassandraStart;
import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.local.servers.jvm.Ready;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One Cassandra node, alone or of a cluster, without authentication.
 *
 * <p>A write is answered once the commit log is synced. The periodic mode would be faster, but
 * loses the last tenth of a second of answered writes at a kill -9: they are in the page cache,
 * behind the last marker up to which a replay reads. So each write holds a thread until then; more
 * than 32 of them cost more to wake than they bring.
 *
 * <p>Memtables are tries off the heap, and two threads collect it: that takes a third off the
 * processor time of a start of the demo.
 *
 * <p>A disk that fails or is full ends it, so that whoever supervises it starts it again until
 * there is space: by default it would live on and serve nothing.
 *
 * @param addresses of all nodes of the cluster, which divide the ring evenly. All of them are
 *     seeds: no node waits for another, and none bootstraps
 * @param index of this one among them
 */
public record Cassandra(Path home, int port, int storagePort, List<String> addresses, int index)
    implements Server {
  public static final String DATACENTER = "datacenter1";

  private static final String SERVER = "cassandra";

  private static final List<String> JVM_ARGS =
      List.of(
          "-Xms256m",
          "-Xmx512m",
          "-XX:+UseParallelGC",
          "-XX:ParallelGCThreads=2",
          "-XX:MaxDirectMemorySize=256m",
          "-XX:+PerfDisableSharedMem",
          "-XX:+ExitOnOutOfMemoryError",
          "-Dcassandra.ring_delay_ms=0",
          "-Dcassandra.skip_wait_for_gossip_to_settle=0",
          "-Dcassandra.superuser_setup_delay_ms=0",
          "-Djdk.attach.allowAttachSelf=true",
          "-Dio.netty.tryReflectionSetAccessible=true");

  /** Of upstream's jvm17-server.options. */
  private static final List<String> EXPORTS =
      List.of(
          "java.base/jdk.internal.misc",
          "java.base/java.lang.ref",
          "java.management.rmi/com.sun.jmx.remote.internal.rmi",
          "java.rmi/sun.rmi.registry",
          "java.rmi/sun.rmi.server",
          "java.sql/java.sql",
          "jdk.attach/sun.tools.attach",
          "jdk.compiler/com.sun.tools.javac.file",
          "jdk.unsupported/sun.misc");

  /** Of upstream's jvm17-server.options, and java.nio. */
  private static final List<String> OPENS =
      List.of(
          "java.base/java.io",
          "java.base/java.lang",
          "java.base/java.lang.module",
          "java.base/java.lang.reflect",
          "java.base/java.nio",
          "java.base/java.util",
          "java.base/jdk.internal.loader",
          "java.base/jdk.internal.math",
          "java.base/jdk.internal.module",
          "java.base/jdk.internal.ref",
          "java.base/jdk.internal.reflect",
          "java.base/jdk.internal.util.jar",
          "java.base/sun.nio.ch",
          "jdk.compiler/com.sun.tools.javac",
          "jdk.management/com.sun.management.internal");

  public Cassandra {
    addresses = List.copyOf(addresses);
  }

  /** A cluster of one. */
  public Cassandra(Path home, int port, int storagePort) {
    this(home, port, storagePort, List.of("127.0.0.1"), 0);
  }

  @Override
  public String name() {
    return addresses.size() == 1 ? SERVER : SERVER + "-" + (index + 1);
  }

  public InetSocketAddress contactPoint() {
    return new InetSocketAddress(address(), port);
  }

  private String address() {
    return addresses.get(index);
  }

  private long token() {
    return index * Long.divideUnsigned(-1, addresses.size());
  }

  @Override
  public ChildJvm.Spec prepare() {
    Path data = home.resolve(name()).toAbsolutePath().normalize();
    Path yaml = data.resolve("cassandra.yaml");
    try {
      Files.createDirectories(data);
      Files.writeString(yaml, yaml(data));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + yaml, e);
    }
    List<String> jvmArgs = new ArrayList<>(JVM_ARGS);
    EXPORTS.forEach(each -> jvmArgs.addAll(List.of("--add-exports", each + "=ALL-UNNAMED")));
    OPENS.forEach(each -> jvmArgs.addAll(List.of("--add-opens", each + "=ALL-UNNAMED")));
    Stream.of(
            "-Dcassandra.config=" + yaml.toUri(),
            "-Dcassandra.storagedir=" + data,
            "-Dcassandra.initial_token=" + token(),
            "-Dlogback.configurationFile=io/downbeat/local/servers/cassandra-logback.xml")
        .forEach(jvmArgs::add);
    return new ChildJvm.Spec(
            home,
            name(),
            Artifacts.classpath(SERVER),
            CassandraStart.class.getName(),
            new Ready.Listens(contactPoint()))
        .withArgs(data.resolve("commitlog").toString())
        .withJvmArgs(jvmArgs)
        .withDeadlines(Duration.ofSeconds(120), Duration.ofSeconds(20));
  }

  private String yaml(Path data) {
    return """
        cluster_name: downbeat
        num_tokens: 1
        partitioner: org.apache.cassandra.dht.Murmur3Partitioner
        listen_address: %4$s
        storage_port: %2$d
        rpc_address: %4$s
        start_native_transport: true
        native_transport_port: %1$d
        endpoint_snitch: SimpleSnitch
        seed_provider:
          - class_name: org.apache.cassandra.locator.SimpleSeedProvider
            parameters:
              - seeds: "%5$s"
        data_file_directories: ["%3$s/data"]
        commitlog_directory: "%3$s/commitlog"
        saved_caches_directory: "%3$s/saved_caches"
        hints_directory: "%3$s/hints"
        cdc_raw_directory: "%3$s/cdc"
        auto_snapshot: false
        commitlog_sync: batch
        commitlog_disk_access_mode: mmap
        commitlog_segment_size: 16MiB
        commitlog_total_space: 256MiB
        memtable:
          configurations:
            trie:
              class_name: TrieMemtable
            default:
              inherits: trie
        memtable_allocation_type: offheap_objects
        batch_size_warn_threshold: 50KiB
        batch_size_fail_threshold: 50KiB
        disk_failure_policy: die
        commit_failure_policy: die
        memtable_heap_space: 96MiB
        memtable_offheap_space: 64MiB
        file_cache_size: 32MiB
        networking_cache_size: 16MiB
        key_cache_size: 8MiB
        row_cache_size: 0MiB
        counter_cache_size: 0MiB
        paxos_cache_size: 8MiB
        prepared_statements_cache_size: 8MiB
        read_request_timeout: 10s
        range_request_timeout: 10s
        write_request_timeout: 10s
        cas_contention_timeout: 10s
        concurrent_reads: 16
        concurrent_writes: 32
        native_transport_max_threads: 32
        concurrent_compactors: 1
        memtable_flush_writers: 1
        compaction_throughput: 0MiB/s
        disk_access_mode: mmap_index_only
        """
        .formatted(
            port,
            storagePort,
            data.toString().replace("\\", "/"),
            address(),
            addresses.stream()
                .map(each -> each + ":" + storagePort)
                .collect(Collectors.joining(",")));
  }
}
