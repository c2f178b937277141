package io.downbeat.local.run.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.local.run.consistency.Operation.Outcome;
import io.downbeat.local.run.consistency.Writers.Entry;
import io.downbeat.local.run.consistency.Writers.Listener;
import io.downbeat.local.servers.Cassandra;
import io.downbeat.local.servers.Setup;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.schemas.rules.Plan;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The ingest-api that ships, on one Cassandra node that is killed again and again, as on one
 * machine.
 */
final class OwnedStateIT {
  private static final int ACCOUNTS = 12;
  private static final int KILLS = 2;
  private static final int SOME = 200;
  private static final String KEYSPACE = "owned";
  private static final Path HOME =
      Path.of("target", "owned-state-it", UUID.randomUUID().toString());

  @RegisterExtension static final Servers SHARED = Servers.shared();
  @RegisterExtension static final Servers OWN = Servers.own(HOME.resolve("servers"));

  @Test
  void noChangeIsLostAndNoneComesTrueThatWasRefusedThoughTheNodeIsKilled() throws Exception {
    Fresh log = SHARED.fresh().createTopics();
    Cassandra cassandra = OWN.cassandra();
    Setup.keyspace(cassandra.contactPoint(), Cassandra.DATACENTER, KEYSPACE, 1);
    try (IngestProcess ingest =
            new IngestProcess(HOME.resolve("ingest"), log, cassandra.contactPoint(), KEYSPACE);
        KeptState kept = new KeptState(List.of(cassandra.contactPoint()), KEYSPACE)) {
      Writers writers =
          new Writers(kept, List.of(ingest.start().origin())).signUp(ACCOUNTS).start();
      writers.awaitMore(SOME, "before the first kill");
      ChildJvm node = OWN.process(cassandra);
      for (int i = 1; i <= KILLS; i++) {
        node.kill();
        node.start();
        node.awaitReady();
        writers.awaitMore(SOME, "after kill " + i);
      }
      writers.stop();
      writers.changeAllOnceMore();
      writers.readAll();

      List<UUID> users = writers.listeners().stream().map(Listener::userId).toList();
      Writers.await("all is published", () -> kept.unpublished(users).isEmpty());
      List<String> violations = writers.violations();
      violations.addAll(HeardState.of(log).differences(writers.listeners(), kept));
      Summary.print("one node", writers, KILLS, violations);
      assertThat(violations).isEmpty();
      assertThat(writers.count(Outcome.REFUSED)).as("caps and claims were met").isPositive();
      assertThatWhatNeverHappenedIsFound(writers);
    }
  }

  /** In the very histories that have just been found good. */
  private static void assertThatWhatNeverHappenedIsFound(Writers writers) {
    Entry entry = writers.library.known().findAny().orElseThrow();
    boolean there =
        last(writers.library.of(entry)) instanceof Register.Action.Read<Boolean> read
            && read.value();
    assertThat(
            writers
                .library
                .with(entry, late(new Register.Action.Read<>(!there), Outcome.OK))
                .violations())
        .as("a lost like")
        .hasSize(1);

    Listener listener = writers.accounts.known().findAny().orElseThrow();
    var devices = (PaidDevices.Action.Read) last(writers.accounts.of(listener));
    Set<UUID> tooMany = new HashSet<>(devices.devices());
    for (int i = 0; tooMany.size() <= Plan.PREMIUM.devices(); i++) {
      tooMany.add(listener.thing("device", i));
    }
    assertThat(
            writers
                .accounts
                .with(
                    listener,
                    late(new PaidDevices.Action.Read(devices.plan(), tooMany), Outcome.OK))
                .violations())
        .as("more devices than a plan allows")
        .hasSize(1);

    String email =
        writers
            .emails
            .known()
            .filter(
                each ->
                    writers.emails.of(each).stream()
                        .anyMatch(
                            operation ->
                                operation.what() instanceof Claim.Action.Win
                                    && operation.outcome() == Outcome.OK))
            .findAny()
            .orElseThrow();
    assertThat(
            writers
                .emails
                .with(email, late(new Claim.Action.Win<>("another"), Outcome.OK))
                .violations())
        .as("an address of two accounts")
        .hasSize(1);
  }

  private static <A> A last(List<Operation<A>> operations) {
    return operations.stream()
        .reduce((one, other) -> one.invokedAt() > other.invokedAt() ? one : other)
        .orElseThrow()
        .what();
  }

  private static <A> Operation<A> late(A what, Outcome outcome) {
    return new Operation<>("planted", what, System.nanoTime(), System.nanoTime(), outcome);
  }
}
