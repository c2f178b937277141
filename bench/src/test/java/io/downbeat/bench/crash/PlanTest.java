package io.downbeat.bench.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PlanTest {

  @Test
  void everyPartIsKilledAsOftenAsAskedAndTheOtherFaultsComeEveryFourthRound() {
    List<Fault> faults = Plan.of(8, EnumSet.allOf(Plan.Kind.class), new Random(1));
    for (String part : Plan.PARTS) {
      assertThat(faults).filteredOn(new Fault.Kill(part)::equals).hasSize(8);
    }
    assertThat(faults).filteredOn(Fault.Pause.class::isInstance).hasSize(2);
    assertThat(faults).filteredOn(Fault.Cut.class::isInstance).hasSize(2);
    assertThat(faults).filteredOn(Fault.FullDisk.class::isInstance).hasSize(4);
  }

  @Test
  void theSameSeedGivesTheSamePlan() {
    EnumSet<Plan.Kind> all = EnumSet.allOf(Plan.Kind.class);
    assertThat(Plan.of(4, all, new Random(5))).isEqualTo(Plan.of(4, all, new Random(5)));
  }

  @Test
  void whatIsNotAskedForDoesNotCome() {
    assertThat(Plan.of(2, EnumSet.of(Plan.Kind.cut), new Random(1))).hasSize(1);
  }
}
