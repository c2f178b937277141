package io.downbeat.local.run.consistency;

import io.downbeat.schemas.rules.Plan;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The devices of an account, of which there may be as many as its plan allows. What was told last
 * of the plan counts, by the time of who told it, in whatever order it comes; a smaller plan takes
 * no device away.
 *
 * @param first the device that is there from the beginning, and stays
 */
record PaidDevices(UUID first) implements Model<PaidDevices.State, PaidDevices.Action> {

  /**
   * @param toldAt 0 if nothing was ever told
   */
  record State(Plan plan, long toldAt, Set<UUID> devices) {}

  sealed interface Action {
    record Add(UUID device) implements Action {}

    record Remove(UUID device) implements Action {}

    record Subscribe(Plan plan, long toldAt) implements Action {}

    record Read(Plan plan, Set<UUID> devices) implements Action {}
  }

  @Override
  public State initial() {
    return new State(Plan.FREE, 0, Set.of(first));
  }

  @Override
  public Optional<State> done(State state, Action action) {
    if (action instanceof Action.Add add) {
      return Optional.of(with(state, add.device()))
          .filter(after -> after.equals(state) || after.devices().size() <= state.plan().devices());
    }
    if (action instanceof Action.Remove remove) {
      Set<UUID> fewer = new HashSet<>(state.devices());
      fewer.remove(remove.device());
      return Optional.of(new State(state.plan(), state.toldAt(), Set.copyOf(fewer)));
    }
    if (action instanceof Action.Subscribe told) {
      return Optional.of(
          told.toldAt() > state.toldAt()
              ? new State(told.plan(), told.toldAt(), state.devices())
              : state);
    }
    Action.Read read = (Action.Read) action;
    return Optional.of(state)
        .filter(now -> now.plan() == read.plan() && now.devices().equals(read.devices()));
  }

  @Override
  public boolean refuses(State state, Action action) {
    return action instanceof Action.Add && done(state, action).isEmpty();
  }

  private static State with(State state, UUID device) {
    Set<UUID> more = new HashSet<>(state.devices());
    more.add(device);
    return new State(state.plan(), state.toldAt(), Set.copyOf(more));
  }
}
