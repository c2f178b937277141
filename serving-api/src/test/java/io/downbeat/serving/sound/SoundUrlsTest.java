package io.downbeat.serving.sound;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SoundUrlsTest {
  private static final String CONTENT = "b11f15a5389fd5d1de4a37b1aebc63cd";
  private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
  private static final Duration LIFE = Duration.ofMinutes(10);
  private static final byte[] ONE = "one key of thirty-two characters".getBytes(US_ASCII);
  private static final byte[] OTHER = "two keys of thirty-one and more.".getBytes(US_ASCII);

  private final SoundUrls urls = at(NOW, Map.of("a", ONE), "a");

  private static SoundUrls at(Instant now, Map<String, byte[]> keys, String newest) {
    return new SoundUrls(keys, newest, LIFE, Clock.fixed(now, ZoneOffset.UTC));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "96.m3u8",
        "160.mpd",
        "96/init.mp4",
        "160/index.m3u8",
        "160/0.m4s",
        "96/123456.m4s"
      })
  void whatIsSignedMayBeRead(String file) {
    assertThat(urls.verify(urls.sign(CONTENT, 160) + file))
        .contains(new SoundUrls.Allowed(CONTENT, file, NOW.plus(LIFE)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "256/0.m4s",
        "256.m3u8",
        "",
        "..",
        "../96/0.m4s",
        "96/../0.m4s",
        "96/%2e%2e/0.m4s",
        "96//0.m4s",
        "96/0.m4s/",
        "96/0.m4s\n",
        "96/sound.json",
        "sound.json",
        "96/-1.m4s",
        "96/1234567.m4s",
        "٩٦/0.m4s"
      })
  void aHigherQualityAndWhatIsNoFileOfASoundMayNot(String file) {
    assertThat(urls.verify(urls.sign(CONTENT, 160) + file)).isEmpty();
  }

  @Test
  void anotherContentQualityExpiryOrKeyIsNotWhatWasSigned() {
    String good = urls.sign(CONTENT, 160) + "96/0.m4s";
    String expiry = Long.toString(NOW.plus(LIFE).getEpochSecond());
    assertThat(urls.verify(good)).isPresent();
    assertThat(urls.verify(good.replace(CONTENT, CONTENT.replace('b', 'c')))).isEmpty();
    assertThat(urls.verify(good.replace("/160/", "/256/"))).isEmpty();
    assertThat(urls.verify(good.replace(expiry, expiry + "0"))).isEmpty();
    assertThat(urls.verify(good.replace("/a/a/", "/a/b/"))).isEmpty();
    SoundUrls more = at(NOW, Map.of("a", ONE, "b", OTHER), "a");
    assertThat(more.verify(good.replace("/a/a/", "/a/b/"))).isEmpty();
  }

  @Test
  void aUrlIsGoodUntilItExpires() {
    String good = urls.sign(CONTENT, 160) + "96/0.m4s";
    assertThat(at(NOW.plus(LIFE).minusSeconds(1), Map.of("a", ONE), "a").verify(good)).isPresent();
    assertThat(at(NOW.plus(LIFE), Map.of("a", ONE), "a").verify(good)).isEmpty();
  }

  @Test
  void aNewKeySignsWhileTheOldOneIsStillGood() {
    String old = urls.sign(CONTENT, 96) + "96/0.m4s";
    SoundUrls rotated = at(NOW, Map.of("a", ONE, "b", OTHER), "b");
    assertThat(rotated.sign(CONTENT, 96)).startsWith("/a/b/");
    assertThat(rotated.verify(old)).isPresent();
    assertThat(at(NOW, Map.of("b", OTHER), "b").verify(old)).isEmpty();
    assertThatThrownBy(() -> at(NOW, Map.of("a", ONE), "b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("There is no sound key b");
  }
}
