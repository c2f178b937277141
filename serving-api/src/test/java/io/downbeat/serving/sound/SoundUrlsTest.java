package io.downbeat.serving.sound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.downbeat.serving.http.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SoundUrlsTest {
  private static final String CONTENT = "b11f15a5389fd5d1de4a37b1aebc63cd";
  private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
  private static final Instant UNTIL = NOW.plusSeconds(600);
  private static final String OLD = "202611010000";
  private static final String NEW = "202611261201";

  @TempDir private Path keys;

  @BeforeEach
  void oneKey() throws IOException {
    Files.writeString(keys.resolve(OLD), "a".repeat(43) + "\n");
  }

  private SoundUrls at(Instant now) {
    Clock clock = Clock.fixed(now, ZoneOffset.UTC);
    try (SoundKeys known = SoundKeys.follow(keys, clock)) {
      return new SoundUrls(known, clock);
    }
  }

  private Problem refusal(String path) {
    return refusal(at(NOW), path);
  }

  private static Problem refusal(SoundUrls urls, String path) {
    return catchThrowableOfType(Problem.class, () -> urls.verify(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"96.m3u8", "160.mpd", "96/sound.mp4", "160/index.m3u8", "160/sound.mp4"})
  void whatIsSignedMayBeRead(String file) {
    assertThat(at(NOW).verify(at(NOW).sign(CONTENT, 160, UNTIL) + file))
        .isEqualTo(new SoundUrls.Allowed(CONTENT, file, UNTIL));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "..",
        "../96/sound.mp4",
        "96/../sound.mp4",
        "96/%2e%2e/sound.mp4",
        "96//sound.mp4",
        "96/sound.mp4/",
        "96/sound.mp4\n",
        "96/sound.json",
        "sound.json",
        "96/..%2fsound.json",
        "٩٦/sound.mp4"
      })
  void whatIsNoFileOfASoundIsNotThere(String file) {
    Problem refusal = refusal(at(NOW).sign(CONTENT, 160, UNTIL) + file);

    assertThat(refusal.status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"256/sound.mp4", "256.m3u8", "256.mpd"})
  void aHigherQualityMayNotBeRead(String file) {
    Problem refusal = refusal(at(NOW).sign(CONTENT, 160, UNTIL) + file);

    assertThat(refusal.status()).isEqualTo(403);
    assertThat(refusal).hasMessage("This URL is for up to 160 kbit/s");
  }

  @Test
  void anotherContentQualityOrExpiryIsNotWhatWasSigned() {
    String good = at(NOW).sign(CONTENT, 160, UNTIL) + "96/sound.mp4";
    String expiry = Long.toString(UNTIL.getEpochSecond());

    for (String tampered :
        new String[] {
          good.replace(CONTENT, CONTENT.replace('b', 'c')),
          good.replace("/160/", "/256/"),
          good.replace(expiry, expiry.replace('1', '2'))
        }) {
      assertThat(tampered).isNotEqualTo(good);
      assertThat(refusal(tampered).members()).containsKey("field").containsValue("signature");
    }
  }

  @Test
  void aUrlIsGoodUntilItExpires() {
    String good = at(NOW).sign(CONTENT, 160, UNTIL) + "96/sound.mp4";

    assertThat(at(UNTIL.minusMillis(1)).verify(good)).isNotNull();
    Problem refusal = refusal(at(UNTIL), good);
    assertThat(refusal.status()).isEqualTo(403);
    assertThat(refusal)
        .hasMessage("It expired at 2026-11-26T12:10:00Z; ask for the track's playback again");
  }

  @Test
  void aNewKeySignsFromItsMinuteOnAndTheOldOneIsGoodUntilItsFileIsGone() throws IOException {
    Files.writeString(keys.resolve(NEW), "b".repeat(43));
    String old = at(NOW).sign(CONTENT, 96, UNTIL);
    String fresh = at(NOW.plusSeconds(60)).sign(CONTENT, 96, UNTIL);

    assertThat(old).startsWith("/a/" + OLD);
    assertThat(fresh).startsWith("/a/" + NEW);
    assertThat(at(NOW).verify(fresh + "96.mpd")).isNotNull();
    assertThat(at(NOW.plusSeconds(60)).verify(old + "96.mpd")).isNotNull();
    assertThat(refusal(old.replace(OLD, NEW) + "96.mpd").members()).containsValue("signature");
    Files.delete(keys.resolve(OLD));
    assertThat(refusal(old + "96.mpd").members()).containsValue(OLD);
  }

  @Test
  void withoutAKeyNothingIsSigned() throws IOException {
    Files.delete(keys.resolve(OLD));
    Problem refusal = catchThrowableOfType(Problem.class, () -> at(NOW).sign(CONTENT, 96, UNTIL));

    assertThat(refusal.status()).isEqualTo(503);
  }

  @Test
  void aKeyThatAnyoneCouldGuessIsRefused() throws IOException {
    Files.writeString(keys.resolve(NEW), "short");

    assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> at(NOW)))
        .hasMessage(
            "Cannot use sound key %s: it is at least 256 random bits in base64url"
                .formatted(keys.resolve(NEW)));
  }
}
