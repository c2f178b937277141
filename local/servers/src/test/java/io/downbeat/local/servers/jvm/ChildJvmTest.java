package io.downbeat.local.servers.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChildJvmTest {
  private static final Path TEST_CLASSES = Path.of("target", "test-classes").toAbsolutePath();

  @TempDir Path home;

  @AfterEach
  void endAll() {
    List.of("child", "parent")
        .forEach(name -> ChildJvm.find(home, name).ifPresent(ProcessHandle::destroyForcibly));
    await(() -> ChildJvm.find(home, "child").isEmpty() && ChildJvm.find(home, "parent").isEmpty());
  }

  @Test
  void childThatIsNeverReadyIsKilledAndItsLastLinesAreTold() {
    ChildJvm child =
        new ChildJvm(
            spec("child", Stubborn.class, new Ready.LogLine("never printed"))
                .withDeadlines(Duration.ofSeconds(3), Duration.ofSeconds(1)));
    child.start();

    assertThatThrownBy(child::awaitReady)
        .isInstanceOf(ChildFailed.class)
        .hasMessageContaining("child was not ready within 3 s")
        .hasMessageContaining(child.logFile().toString())
        .hasMessageContaining(Stubborn.LINE);
    assertThat(child.isAlive()).isFalse();
  }

  @Test
  void childThatEndsBeforeItIsReadyTellsItsExitCode() {
    ChildJvm child = new ChildJvm(spec("child", Failing.class, new Ready.LogLine("never printed")));
    child.start();

    assertThatThrownBy(child::awaitReady)
        .hasMessageContaining("exit code 1")
        .hasMessageContaining(Failing.REASON);
    assertThat(child.exitCode()).hasValue(1);
  }

  @Test
  void stopKillsAChildThatIgnoresSigterm() throws Exception {
    ChildJvm child =
        new ChildJvm(
            spec("child", Stubborn.class, new Ready.LogLine(Stubborn.LINE))
                .withDeadlines(Duration.ofSeconds(30), Duration.ofSeconds(1)));
    child.start();
    child.awaitReady();
    var exit = child.onExit();

    child.stop();

    assertThat(child.isAlive()).isFalse();
    assertThat(exit.get(5, TimeUnit.SECONDS)).isEqualTo(137);
  }

  @Test
  void childIsStartedAgainAfterAKillAndReadinessIsItsOwn() throws Exception {
    ChildJvm child = new ChildJvm(spec("child", Stubborn.class, new Ready.LogLine(Stubborn.LINE)));
    child.start();
    child.awaitReady();
    long first = child.pid().orElseThrow();
    child.kill();

    child.start();

    assertThat(child.isReady()).isFalse();
    child.awaitReady();
    assertThat(child.pid().orElseThrow()).isNotEqualTo(first);
    child.kill();
  }

  @Test
  void noChildIsLeftWhenItsParentIsKilled() throws Exception {
    ChildJvm parent =
        new ChildJvm(
            spec("parent", Parent.class, new Ready.LogLine("child is ready"))
                .withArgs(home.toString()));
    parent.start();
    parent.awaitReady();
    Optional<ProcessHandle> child = ChildJvm.find(home, "child");
    assertThat(child).isPresent();

    parent.kill();

    await(() -> !child.get().isAlive());
    assertThat(child.get().isAlive()).isFalse();
  }

  @Test
  void childOfALivingOwnerIsNotTakenOver() throws Exception {
    ChildJvm parent =
        new ChildJvm(
            spec("parent", Parent.class, new Ready.LogLine("child is ready"))
                .withArgs(home.toString()));
    parent.start();
    parent.awaitReady();

    assertThatThrownBy(() -> new ChildJvm(Parent.child(home)).start())
        .hasMessageContaining("belongs to process " + parent.pid().orElseThrow());
  }

  @Test
  void environmentIsGivenButNotWrittenDown() throws Exception {
    ChildJvm child =
        new ChildJvm(
            spec("child", Secretive.class, new Ready.LogLine("SECRET has 5 letters"))
                .withEnvironment(Map.of("SECRET", "abcde")));
    child.start();
    child.awaitReady();

    assertThat(Files.readString(home.resolve("run/child.args"))).doesNotContain("abcde");
    child.kill();
  }

  private ChildJvm.Spec spec(String name, Class<?> main, Ready ready) {
    return new ChildJvm.Spec(home, name, classpath(), main.getName(), ready)
        .withJvmArgs(List.of("-Xmx64m", "-XX:TieredStopAtLevel=1"));
  }

  private static List<Path> classpath() {
    return List.of(TEST_CLASSES);
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  /** Never ends by itself: its shutdown hook doesn't return. */
  static final class Stubborn {
    static final String LINE = "here to stay";

    public static void main(String[] args) {
      Runtime.getRuntime().addShutdownHook(new Thread(Stubborn::stay));
      System.out.println(LINE);
      stay();
    }

    private static void stay() {
      while (true) {
        LockSupport.park();
      }
    }
  }

  static final class Failing {
    static final String REASON = "nothing to do here";

    public static void main(String[] args) {
      throw new IllegalStateException(REASON);
    }
  }

  static final class Secretive {
    public static void main(String[] args) {
      System.out.println("SECRET has " + System.getenv("SECRET").length() + " letters");
      Stubborn.stay();
    }
  }

  static final class Parent {
    static ChildJvm.Spec child(Path home) {
      return new ChildJvm.Spec(
          home,
          "child",
          classpathOf(Parent.class),
          Stubborn.class.getName(),
          new Ready.LogLine(Stubborn.LINE));
    }

    public static void main(String[] args) throws Exception {
      ChildJvm child = new ChildJvm(child(Path.of(args[0])));
      child.start();
      child.awaitReady();
      System.out.println("child is ready");
      Stubborn.stay();
    }

    private static List<Path> classpathOf(Class<?> type) {
      return List.of(Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath()));
    }
  }
}
