package io.downbeat.local.run.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.local.run.consistency.Linearizability.Limits;
import io.downbeat.local.run.consistency.Linearizability.Verdict;
import io.downbeat.local.run.consistency.Operation.Outcome;
import io.downbeat.local.run.consistency.PaidDevices.Action;
import io.downbeat.schemas.rules.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Histories one after another, as they can be, and one step beyond. */
final class PaidDevicesTest {
  private static final PaidDevices MODEL = new PaidDevices(device(0));

  private final List<Operation<Action>> history = new ArrayList<>();

  @Test
  void thereAreAsManyDevicesAsThePlanAllowsAndNoneMore() {
    add(1, Outcome.OK);
    add(2, Outcome.OK);
    add(3, Outcome.REFUSED);
    add(2, Outcome.OK);
    assertThat(holds(read(Plan.FREE, 3))).isTrue();
    assertThat(holds(read(Plan.FREE, 4))).isFalse();
    add(4, Outcome.OK);
    assertThat(holds()).isFalse();
  }

  @Test
  void aSmallerPlanTakesNoDeviceAwayButLetsNoneIn() {
    told(Plan.PREMIUM, 1);
    for (int i = 1; i < 5; i++) {
      add(i, Outcome.OK);
    }
    told(Plan.FREE, 2);
    assertThat(holds(read(Plan.FREE, 5))).isTrue();
    add(5, Outcome.REFUSED);
    assertThat(holds()).isTrue();
    add(6, Outcome.OK);
    assertThat(holds()).isFalse();
  }

  @Test
  void whatWasToldEarlierAndComesLaterCountsNothing() {
    told(Plan.PREMIUM, 2);
    told(Plan.FREE, 1);
    assertThat(holds(read(Plan.PREMIUM, 1))).isTrue();
    assertThat(holds(read(Plan.FREE, 1))).isFalse();
  }

  private void add(int device, Outcome outcome) {
    history.add(next(new Action.Add(device(device)), outcome));
  }

  private void told(Plan plan, long at) {
    history.add(next(new Action.Subscribe(plan, at), Outcome.OK));
  }

  private static Action read(Plan plan, int devices) {
    Set<UUID> ids =
        IntStream.range(0, devices).mapToObj(PaidDevicesTest::device).collect(Collectors.toSet());
    return new Action.Read(plan, ids);
  }

  private Operation<Action> next(Action what, Outcome outcome) {
    long time = 10L * history.size();
    return new Operation<>("someone", what, time, time + 1, outcome);
  }

  private boolean holds() {
    return Linearizability.check(MODEL, history, Limits.USUAL) instanceof Verdict.Holds<?>;
  }

  private boolean holds(Action seenThen) {
    List<Operation<Action>> more = new ArrayList<>(history);
    more.add(next(seenThen, Outcome.OK));
    return Linearizability.check(MODEL, more, Limits.USUAL) instanceof Verdict.Holds<?>;
  }

  private static UUID device(int n) {
    return new UUID(0, n);
  }
}
