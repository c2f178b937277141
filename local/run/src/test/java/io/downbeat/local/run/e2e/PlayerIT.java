package io.downbeat.local.run.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The page at {@code /}, as somebody uses it who has come for the first time, in a browser. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PlayerIT {
  private static final String POSITION =
      "Math.max(...Array.from(document.querySelectorAll('audio'), each => each.paused ? -1 : each.currentTime))";
  private static final String PLAYBACKS =
      "performance.getEntriesByType('resource').filter(({name, responseStatus}) => name.endsWith('/playback') && responseStatus === 200).length";
  private static final String PLAYABLE = "#chart .row[data-track]:not(.mute) .play";

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path directory;

  private LocalPlatform platform;
  private Browser browser;

  @BeforeAll
  void start() throws Exception {
    Optional<Browser> found = Browser.find();
    assumeTrue(found.isPresent(), "The player is used with chromium and chromedriver");
    browser = found.get();
    platform = new LocalPlatform(directory);
    platform.run("up", "--detach", "--demo", "--demo-listeners", "300", "--demo-rate", "5");
    platform.await(
        "something is playable",
        () -> {
          String id =
              platform.get("/v1/charts/everything").at("/entries/0/track/track_id").asText();
          return platform.get("/v1/tracks/" + id);
        },
        track -> track.path("playable").asBoolean());
    browser.size(1280, 900);
    browser.open("http://127.0.0.1:" + platform.port("API"));
  }

  @AfterAll
  void stop() throws Exception {
    if (browser != null) {
      browser.close();
    }
    if (platform != null) {
      platform.close();
    }
  }

  @Test
  @Order(1)
  void whoSignsUpIsSignedIn() throws Exception {
    browser.click("#enter");
    browser.click("#sign-up-instead");
    browser.fill("#sign-in-form [name=name]", "Ada");
    browser.fill("#sign-in-form [name=email]", "ada@example.org");
    browser.fill("#sign-in-form [name=password]", "correct horse");
    browser.click("#sign-in-go");
    platform.await("Ada", () -> browser.text("#greeting"), "Hello, Ada."::equals);
    assertThat(browser.is("document.querySelector('dialog[open]')")).isFalse();
  }

  @Test
  @Order(2)
  void aSearchFindsAnArtistByItsFirstLetters() throws Exception {
    String artist =
        platform
            .get("/v1/search/suggestions?type=artist&limit=1")
            .at("/hits/0/artist/name")
            .asText();
    browser.fill("#query", artist.substring(0, artist.length() - 1));
    platform.await(
        artist, () -> browser.texts("#page .card.round .title"), names -> names.contains(artist));
    browser.click("#page .card.round a");
    platform.await("its page", () -> browser.texts("#page h1"), List.of(artist)::equals);
    browser.click(".brand");
  }

  @Test
  @Order(3)
  void everyPlayIsCountedOnceThroughReloadsAndALostNetwork() throws Exception {
    press(PLAYABLE); // One,
    heard(2);
    browser.click("#skip-track"); // two,
    heard(1);
    seek("20");
    heard(21);
    browser.reload();
    platform.await(
        "the player", () -> browser.is("!document.querySelector('#toggle').disabled"), yes -> yes);
    browser.click("#toggle"); // three: the same track, where it was,
    heard(22);
    platform.await(
        "this one's sound and the next one's are known",
        () -> browser.is(PLAYBACKS + " > 1 && !document.querySelector('#skip-track').disabled"),
        yes -> yes);
    awaitRecent(2);
    browser.offline(true);
    browser.click("#skip-track"); // four, as far as it was fetched ahead.
    heard(0);
    assertThat(kept()).isGreaterThan(0);
    assertThat(recent()).hasSize(2);
    browser.offline(false);
    awaitRecent(3);
    heard(2);
    browser.reload();
    JsonNode plays = awaitRecent(4);

    assertThat(plays.findValuesAsText("play_id")).doesNotHaveDuplicates();
    assertThat(plays).hasSize(4);
    assertThat(plays.path(1).at("/track/track_id")).isEqualTo(plays.path(2).at("/track/track_id"));
    assertThat(plays.path(2).path("played_millis").asLong())
        .as("what was sought is not heard")
        .isLessThan(20_000);
    platform.await("nothing is kept", this::kept, left -> left == 0);
  }

  @Test
  @Order(4)
  void oneTrackFollowsTheOther() throws Exception {
    int before = recent().size();
    press(PLAYABLE);
    heard(1);
    String first = browser.text("#now-title");
    seek("seek.max - 4");
    platform.await("the next one", () -> browser.text("#now-title"), now -> !now.equals(first));
    heard(1);
    JsonNode plays = awaitRecent(before + 1);
    assertThat(plays.path(0).path("played_millis").asDouble()).isCloseTo(5_000, within(2_500.0));
  }

  @Test
  @Order(5)
  void keysAreEnough() throws Exception {
    browser.run("document.activeElement.blur()");
    browser.press("l");
    platform.await("the like", () -> liked().size(), likes -> likes == 1);
    browser.press("l");
    platform.await("no like", () -> liked().size(), likes -> likes == 0);
    browser.press(" ");
    assertThat(browser.is(POSITION + " < 0")).isTrue();
    browser.press(" ");
    heard(0);
    browser.press("m");
    assertThat(browser.is("document.querySelector('#mute').ariaPressed === 'true'")).isTrue();
    browser.press("?");
    assertThat(browser.is("document.querySelector('#keys').open")).isTrue();
    browser.press(Keys.ESCAPE);
    browser.press("/");
    assertThat(browser.is("document.activeElement.id === 'query'")).isTrue();
    browser.press("n");
    assertThat(browser.is("document.querySelector('#query').value === 'n'"))
        .as("typing is typing")
        .isTrue();
    browser.press(Keys.BACK_SPACE);
    browser.click(".brand");
    browser.run("document.querySelector('#skip').focus()");
    String playing = browser.text("#now-title");
    for (int i = 0;
        i < 200 && !browser.is("document.activeElement.matches('#recommended .play')");
        i++) {
      browser.press(Keys.TAB);
    }
    browser.press(Keys.ENTER);
    platform.await(
        "the card's track", () -> browser.text("#now-title"), now -> !now.equals(playing));
  }

  @Test
  @Order(6)
  void nothingIsInTheWayOfAnyone() throws Exception {
    for (boolean dark : new boolean[] {false, true}) {
      browser.dark(dark);
      for (int width : new int[] {1280, 360}) {
        browser.size(width, 800);
        for (String open : List.of("#queue-open", "#help", "#queue-close")) {
          assertThat(browser.barriers()).as("%d pixels, dark %s, %s", width, dark, open).isEmpty();
          browser.click(open);
        }
        assertThat(browser.barriers()).as("%d pixels, dark %s, keys", width, dark).isEmpty();
        browser.run("document.querySelector('#keys').close()");
        assertThat(browser.is("document.documentElement.scrollWidth > innerWidth")).isFalse();
      }
    }
  }

  @Test
  @Order(7)
  void whoIsAwayLeavesNothingAndTheNextOneListensAtAClick() throws Exception {
    browser.size(1280, 900);
    browser.click("#leave");
    platform.await(
        "nobody", () -> browser.is("localStorage.getItem('session') === null"), gone -> gone);
    assertThat(kept()).isZero();
    browser.click("#listeners button");
    platform.await("for them", () -> browser.texts("#recommended li").size(), rows -> rows == 12);
    platform.await("what they heard", () -> browser.texts("#recent li").size(), rows -> rows == 12);
    assertThat(browser.texts("#popular li")).hasSize(12);
    List<String> chart = browser.texts("#chart li");
    assertThat(chart).hasSize(20);
    platform.await("the chart moves", () -> browser.texts("#chart li"), now -> !now.equals(chart));
    assertThat(browser.text("#state")).startsWith("live");
  }

  private void press(String selector) throws Exception {
    platform.await(
        selector, () -> browser.is("document.querySelector('" + selector + "')"), yes -> yes);
    browser.click(selector);
  }

  /** In one step: between two the page sets the value to where the sound is. */
  private void seek(String to) {
    browser.run(
        "const seek = document.querySelector('#seek'); seek.value = %s; seek.dispatchEvent(new Event('input'))"
            .formatted(to));
  }

  private void heard(int seconds) throws Exception {
    platform.await(
        "sound beyond " + seconds + " s", () -> browser.is(POSITION + " > " + seconds), yes -> yes);
  }

  private JsonNode awaitRecent(int plays) throws Exception {
    return platform.await(plays + " plays", this::recent, now -> now.size() >= plays);
  }

  /** Plays that Downbeat does not have yet, as far as the page knows. */
  private long kept() {
    return (Long)
        browser.run(
            "return Object.keys(localStorage).filter(key => key.startsWith('play ')).length");
  }

  private JsonNode recent() throws IOException, InterruptedException {
    return mine("/v1/me/recent").path("plays");
  }

  private JsonNode liked() throws IOException, InterruptedException {
    return mine("/v1/me/likes").path("items");
  }

  private JsonNode mine(String path) throws IOException, InterruptedException {
    Object token = browser.run("return JSON.parse(localStorage.getItem('session')).access_token");
    return platform.get(path, "Authorization", "Bearer " + token);
  }
}
