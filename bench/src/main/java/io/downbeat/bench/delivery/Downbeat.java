package io.downbeat.bench.delivery;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.downbeat.bench.machine.Classpath;
import io.downbeat.bench.machine.Cpu;
import io.downbeat.bench.machine.Footprint;
import io.downbeat.bench.machine.OwnServers;
import io.downbeat.local.servers.Ports;
import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.local.servers.jvm.Ready;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * serving-api with the settings of {@code ./downbeat up}, Kafka and the registry beside it, so that
 * it waits for neither. URLs are signed here, with its key.
 */
final class Downbeat implements Sender, AutoCloseable {
  private static final String INSTALLATION = "delivery";
  private static final String KEY = "202601010000";
  private static final String SECRET = "AbC0_".repeat(9);
  private static final int SIGNATURE_BYTES = 16;
  private static final Duration LIFE = Duration.ofMinutes(10);
  private static final Duration USED = Duration.ofMinutes(5);

  private record Signed(String target, Instant until) {}

  private final Map<Integer, Signed> signed = new ConcurrentHashMap<>();
  private final ChildJvm process;
  private final int port = Ports.free();

  /**
   * @param store of the sounds
   * @param more of the JVM's arguments
   */
  Downbeat(Path checkout, OwnServers servers, Path store, List<String> more)
      throws IOException, InterruptedException {
    servers.start(servers.kafka(), servers.registry());
    servers.create(INSTALLATION);
    Path keys = Files.createDirectories(servers.home().resolve("sound-keys"));
    Files.writeString(keys.resolve(KEY), SECRET);
    Map<String, String> environment = new HashMap<>(servers.environment(INSTALLATION));
    environment.put("SERVING_PORT", Integer.toString(port));
    environment.put("STATE_DIR", servers.home().resolve("serving-api").toString());
    environment.put("SOUND_DIR", store.toAbsolutePath().toString());
    environment.put("SOUND_KEYS_DIR", keys.toString());
    process =
        new ChildJvm(
            new ChildJvm.Spec(
                    servers.home(),
                    "serving-api",
                    Classpath.ofModule(checkout, "serving-api"),
                    "io.downbeat.serving.ServingApi",
                    Ready.answers(URI.create("http://127.0.0.1:" + port + "/healthz")))
                .withJvmArgs(
                    List.of(
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-XX:ReservedCodeCacheSize=96m",
                        "-Xss512k",
                        "-XX:MaxMetaspaceSize=128m",
                        "-Xmx256m"))
                .withJvmArgs(more)
                .withEnvironment(environment));
    process.start();
    process.awaitReady();
  }

  @Override
  public String name() {
    return "downbeat";
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public String target(int file) {
    Instant now = Instant.now();
    Signed known = signed.get(file);
    if (known == null || known.until().isBefore(now)) {
      known = new Signed(sign(file, now), now.plus(USED));
      signed.put(file, known);
    }
    return known.target();
  }

  private static String sign(int file, Instant now) {
    String rights = KEY + '/' + now.plus(LIFE).getEpochSecond() + "/256/";
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET.getBytes(US_ASCII), "HmacSHA256"));
      byte[] all = mac.doFinal((rights + SoundFiles.content(file)).getBytes(US_ASCII));
      String signature =
          Base64.getUrlEncoder()
              .withoutPadding()
              .encodeToString(Arrays.copyOf(all, SIGNATURE_BYTES));
      return "/a/" + rights + signature + '/' + SoundFiles.path(file);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("Every JDK has HMAC-SHA-256, and any bytes are its key", e);
    }
  }

  private long pid() {
    return process.pid().orElseThrow();
  }

  @Override
  public double cpuSeconds() throws IOException {
    return Cpu.seconds(pid());
  }

  @Override
  public long residentBytes() throws IOException {
    return Footprint.residentBytes(pid());
  }

  @Override
  public long heapBytes() throws IOException, InterruptedException {
    return Footprint.heapBytes(pid());
  }

  /** Stops it as a user would, so that what watches it can write what it saw. */
  @Override
  public void close() {
    process.stop();
  }
}
