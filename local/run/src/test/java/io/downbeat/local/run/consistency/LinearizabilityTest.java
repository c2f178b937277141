package io.downbeat.local.run.consistency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.downbeat.local.run.consistency.Linearizability.Limits;
import io.downbeat.local.run.consistency.Linearizability.Verdict;
import io.downbeat.local.run.consistency.Operation.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LinearizabilityTest {
  private static final Register<Integer> REGISTER = new Register<>(0);
  private static final CappedSet<String> TWO_DEVICES = new CappedSet<>(2);
  private static final Claim<String> EMAIL = new Claim<>();

  @Test
  void aReadDuringAWriteMaySeeBothButNotGoBack() {
    var write = ok("a", write(1), 0, 100);
    assertHolds(REGISTER, write, ok("b", read(0), 10, 20), ok("b", read(1), 30, 40));
    assertBroken(REGISTER, write, ok("b", read(1), 10, 20), ok("b", read(0), 30, 40));
  }

  @Test
  void aReadSeesTheWriteThatWasAnsweredBefore() {
    assertHolds(REGISTER, ok("a", write(1), 0, 10), ok("b", read(1), 11, 20));
    assertBroken(REGISTER, ok("a", write(1), 0, 10), ok("b", read(0), 11, 20));
  }

  @Test
  void ofTwoThatChangeTheSameVersionOneIsRefused() {
    var first = ok("a", change(0, 1), 0, 10);
    assertHolds(REGISTER, first, operation("b", change(0, 2), 5, 15, Outcome.REFUSED));
    assertBroken(REGISTER, first, ok("b", change(0, 2), 5, 15));
    assertBroken(REGISTER, operation("b", change(0, 2), 5, 15, Outcome.REFUSED));
  }

  @Test
  void aWriteOfUnknownOutcomeMayComeLaterOrNeverButNotTwice() {
    var unknown = operation("a", write(1), 0, 10, Outcome.UNKNOWN);
    assertHolds(REGISTER, unknown, ok("b", read(0), 20, 30));
    assertHolds(REGISTER, unknown, ok("b", read(0), 20, 30), ok("b", read(1), 40, 50));
    assertHolds(REGISTER, unknown, ok("b", write(2), 20, 30), ok("b", read(1), 40, 50));
    assertBroken(REGISTER, unknown, ok("b", read(1), 20, 30), ok("b", read(0), 40, 50));
    assertBroken(
        REGISTER,
        unknown,
        ok("b", read(1), 20, 30),
        ok("b", write(2), 40, 50),
        ok("b", read(1), 60, 70));
  }

  @Test
  void aWriteThatFailedIsNotSeen() {
    var failed = operation("a", write(1), 0, 10, Outcome.FAILED);
    assertHolds(REGISTER, failed, ok("b", read(0), 5, 30));
    assertBroken(REGISTER, failed, ok("b", read(1), 5, 30));
  }

  @Test
  void aThirdDeviceIsRefusedUntilOneIsRemoved() {
    var phone = ok("a", add("phone"), 0, 10);
    var radio = ok("b", add("radio"), 5, 15);
    assertHolds(
        TWO_DEVICES,
        phone,
        radio,
        operation("c", add("car"), 20, 30, Outcome.REFUSED),
        ok("a", remove("phone"), 40, 50),
        ok("c", add("car"), 60, 70),
        ok("c", devices("car", "radio"), 80, 90));
    assertBroken(TWO_DEVICES, phone, radio, ok("c", add("car"), 8, 30));
    assertBroken(TWO_DEVICES, phone, operation("c", add("car"), 20, 30, Outcome.REFUSED));
    assertBroken(TWO_DEVICES, phone, radio, ok("c", devices("radio"), 20, 30));
  }

  @Test
  void aDeviceOfUnknownOutcomeCountsOnlyIfItIsThere() {
    var unknown = operation("a", add("phone"), 0, 10, Outcome.UNKNOWN);
    var others = List.of(ok("b", add("radio"), 20, 30), ok("c", add("car"), 20, 30));
    assertHolds(TWO_DEVICES, unknown, others.get(0), others.get(1));
    assertHolds(
        TWO_DEVICES, unknown, others.get(0), operation("c", add("car"), 20, 30, Outcome.REFUSED));
    assertBroken(
        TWO_DEVICES,
        unknown,
        others.get(0),
        others.get(1),
        ok("d", devices("phone", "car"), 40, 50));
  }

  @Test
  void anAddressIsWonOnce() {
    var won = ok("a", win("a"), 0, 10);
    var lost = operation("b", win("b"), 5, 15, Outcome.REFUSED);
    assertHolds(EMAIL, won, lost, ok("a", win("a"), 20, 30), ok("c", winner("a"), 20, 30));
    assertBroken(EMAIL, won, ok("b", win("b"), 5, 15));
    assertBroken(EMAIL, lost);
  }

  @Test
  void whoLosesAnAddressMayHaveLostItToOneWhoDoesNotKnow() {
    var unknown = operation("a", win("a"), 0, 10, Outcome.UNKNOWN);
    var lost = operation("b", win("b"), 20, 30, Outcome.REFUSED);
    assertHolds(EMAIL, unknown, lost);
    assertHolds(EMAIL, unknown, ok("b", win("b"), 20, 30));
    assertBroken(EMAIL, unknown, lost, ok("b", winner(Optional.empty()), 40, 50));
  }

  @Test
  void whatIsBrokenIsTold() {
    assertThat(
            check(
                REGISTER,
                Limits.USUAL,
                ok("ann", write(1), 0, 10),
                ok("ben", read(0), 20, 30),
                operation("cem", change(0, 2), 5, 15, Outcome.UNKNOWN)))
        .hasToString(
            """
            Not linearizable. At most 1 operations explain each other:
              OK      ann: Write[value=1]  [0, 10]
            Then it is 1, and none of these can be next:
              UNKNOWN cem: CompareAndSet[expected=0, value=2]  [5, …]
              OK      ben: Read[value=0]  [20, 30]
            """);
  }

  @Test
  void aSearchThatIsTooLongIsUndecided() {
    List<Operation<CappedSet.Action<String>>> history =
        IntStream.range(0, 30)
            .mapToObj(i -> ok("client " + i, add("device " + i), 0, 100))
            .toList();
    CappedSet<String> tooFew = new CappedSet<>(29);

    assertThat(Linearizability.check(tooFew, history, new Limits(1_000, Duration.ofSeconds(60))))
        .isEqualTo(new Verdict.Undecided(1_000));
    assertThat(
            Linearizability.check(
                tooFew, history, new Limits(Integer.MAX_VALUE, Duration.ofMillis(1))))
        .isInstanceOf(Verdict.Undecided.class);
  }

  @Test
  void noOperationCompletesBeforeItIsInvoked() {
    assertThatThrownBy(() -> ok("a", read(1), 10, 9)).hasMessageContaining("completes at 9");
  }

  @SafeVarargs
  private static <S, A> void assertHolds(Model<S, A> model, Operation<A>... history) {
    assertThat(check(model, Limits.USUAL, history)).isInstanceOf(Verdict.Holds.class);
  }

  @SafeVarargs
  private static <S, A> void assertBroken(Model<S, A> model, Operation<A>... history) {
    assertThat(check(model, Limits.USUAL, history)).isInstanceOf(Verdict.Broken.class);
  }

  @SafeVarargs
  private static <S, A> Verdict check(Model<S, A> model, Limits limits, Operation<A>... history) {
    return Linearizability.check(model, List.of(history), limits);
  }

  private static <A> Operation<A> ok(String who, A what, long from, long to) {
    return operation(who, what, from, to, Outcome.OK);
  }

  private static <A> Operation<A> operation(
      String who, A what, long from, long to, Outcome outcome) {
    return new Operation<>(who, what, from, to, outcome);
  }

  private static Register.Action<Integer> read(int value) {
    return new Register.Action.Read<>(value);
  }

  private static Register.Action<Integer> write(int value) {
    return new Register.Action.Write<>(value);
  }

  private static Register.Action<Integer> change(int expected, int value) {
    return new Register.Action.CompareAndSet<>(expected, value);
  }

  private static CappedSet.Action<String> add(String device) {
    return new CappedSet.Action.Add<>(device);
  }

  private static CappedSet.Action<String> remove(String device) {
    return new CappedSet.Action.Remove<>(device);
  }

  private static CappedSet.Action<String> devices(String... devices) {
    return new CappedSet.Action.Read<>(Set.of(devices));
  }

  private static Claim.Action<String> win(String winner) {
    return new Claim.Action.Win<>(winner);
  }

  private static Claim.Action<String> winner(String winner) {
    return winner(Optional.of(winner));
  }

  private static Claim.Action<String> winner(Optional<String> winner) {
    return new Claim.Action.Read<>(winner);
  }
}
