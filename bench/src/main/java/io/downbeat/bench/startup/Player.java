package io.downbeat.bench.startup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A page in which tracks are started by a click. */
final class Player {
  private static final int BUTTON = 10;
  private static final double A_BIT = .001;

  /** Further than the first segment and the next. */
  private static final double FAR = 5.5;

  private static final Pattern OF_A_START = Pattern.compile("/playback$|\\.m3u8$|\\.m4s$|\\.mp4$");
  private static final JsonMapper JSON = new JsonMapper();

  private static final String OURS =
      """
      async audio => {
        const { playback, Sound, forget, warm } = ours;
        forget();
        warm(audio);
        const sound = new Sound(audio, %1$s, await playback(%1$s), 0, false);
        sound.heard();
        audio.play();
        return () => sound.destroy();
      }
      """;
  private static final String PLAIN =
      """
      async audio => {
        const hls = new Hls();
        hls.loadSource(`/${%1$s}/master.m3u8`);
        hls.attachMedia(audio);
        audio.play();
        return () => hls.destroy();
      }
      """;

  private final String name;
  private final Chromium.Page page;
  private final String play;

  /**
   * @param requests of what was played, begun before it was heard
   */
  record Start(double millis, List<String> requests) {}

  private Player(String name, Chromium.Page page, String play) {
    this.name = name;
    this.page = page;
    this.play = play;
  }

  /** The page of Downbeat, with its own code, for somebody who is signed in. */
  static Player ours(Chromium browser, String url, String session)
      throws IOException, InterruptedException {
    Chromium.Page page = browser.open(url);
    page.evaluate("localStorage.setItem('session', %s)".formatted(literal(session)));
    page.go(url);
    page.evaluate(script());
    page.evaluate("import('/sound.js').then(all => { globalThis.ours = all; })");
    return new Player("downbeat", page, OURS);
  }

  /** hls.js with its defaults. */
  static Player plain(Chromium browser, String url) throws IOException, InterruptedException {
    Chromium.Page page = browser.open(url);
    page.evaluate(script());
    return new Player("plain", page, PLAIN);
  }

  private static String script() throws IOException {
    try (InputStream in = Player.class.getResourceAsStream("/startup/start.js")) {
      if (in == null) {
        throw new IllegalStateException("The build left out startup/start.js");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String literal(String text) throws IOException {
    return JSON.writeValueAsString(text);
  }

  String name() {
    return name;
  }

  /**
   * Clicks, and waits for sound.
   *
   * @param goesOn whether to listen until further segments must have come
   */
  Start start(String id, boolean goesOn) throws IOException, InterruptedException {
    page.evaluate(
        "globalThis.result = measured(%s, %s); result.catch(() => {}); 0"
            .formatted(play.formatted(literal(id)), goesOn ? FAR : A_BIT));
    page.click(BUTTON, BUTTON);
    JsonNode found = page.evaluate("result");
    if (found.path("decoded").asLong() == 0) {
      throw new IOException(name + " plays " + id + ", but nothing was decoded");
    }
    List<String> requests = new ArrayList<>();
    found.path("fetched").forEach(each -> requests.add(each.asText()));
    requests.removeIf(each -> !OF_A_START.matcher(each).find());
    return new Start(found.path("millis").asDouble(), requests);
  }
}
