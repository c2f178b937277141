package io.downbeat.local.run.simulate;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.downbeat.local.run.platform.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The few listeners that a visitor of the demo is shown, and may sign in as.
 *
 * @param history with four weeks behind them: two of one taste, then some whose genres differ
 * @param now listening at this moment
 */
record ShownListeners(List<Listener> history, List<Listener> now) {
  private static final int MOST_OTHERS = 4;
  private static final int MOST_NOW = 2;
  private static final double ACTIVE = 0.7;

  ShownListeners {
    history = List.copyOf(history);
    now = List.copyOf(now);
  }

  static ShownListeners of(Simulation simulation, Simulation crowd) {
    return new ShownListeners(history(simulation), crowd.listeners().limit(MOST_NOW).toList());
  }

  static List<Listener> history(Simulation simulation) {
    List<Listener> active =
        simulation.listeners().filter(each -> each.sessionsADay() > ACTIVE).toList();
    List<Listener> shown = new ArrayList<>();
    active.stream()
        .limit(1)
        .flatMap(
            first ->
                Stream.concat(
                    Stream.of(first),
                    active.stream()
                        .skip(1)
                        .filter(each -> likesMost(each).equals(likesMost(first)))
                        .limit(1)))
        .forEach(shown::add);
    int most = shown.size() + MOST_OTHERS;
    for (Listener each : active) {
      if (shown.size() < most
          && shown.stream()
              .flatMap(other -> other.genres().stream())
              .noneMatch(each.genres()::contains)) {
        shown.add(each);
      }
    }
    return shown;
  }

  private static List<Object> likesMost(Listener listener) {
    Listener.Taste most = listener.tastes().get(0);
    return List.of(most.genre(), most.scene());
  }

  List<Listener> all() {
    return Stream.concat(history.stream(), now.stream()).toList();
  }

  /**
   * Where serving-api looks; replaced at once.
   *
   * @param password of their accounts
   */
  void write(Home home, String password) throws IOException {
    JsonMapper mapper = new JsonMapper();
    ObjectNode root = mapper.createObjectNode();
    ArrayNode all = root.putArray("listeners");
    all()
        .forEach(
            listener -> {
              ObjectNode one = all.addObject();
              one.put("user_id", listener.id().toString());
              one.put("name", listener.name());
              one.put("email", DemoAccounts.email(listener));
              one.put("password", password);
              ArrayNode taste = one.putArray("taste");
              listener.genres().forEach(genre -> taste.add(genre.label()));
            });
    Path file = home.data().resolve("demo-listeners.json");
    Path unfinished = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(unfinished, root.toPrettyString());
    Files.move(
        unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
