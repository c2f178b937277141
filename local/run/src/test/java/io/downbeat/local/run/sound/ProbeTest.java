package io.downbeat.local.run.sound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.downbeat.local.run.api.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ProbeTest {

  private static JsonNode json(String format, String duration) throws Exception {
    return Json.MAPPER.readTree(
        """
        {"streams": [
           {"codec_type": "video", "disposition": {"attached_pic": 1}},
           {"codec_type": "audio", "sample_rate": "44100", "tags": {"TITLE": "of the stream", "isrc": "x"}}],
         "format": {"format_name": "%s", "duration": "%s", "tags": {"title": " of the file "}}}
        """
            .formatted(format, duration));
  }

  @Test
  void theFilesOwnTagsCountBeforeThoseOfItsSound() throws Exception {
    assertThat(Probe.of(json("ogg", "1.5"), false))
        .isEqualTo(
            new Probe(
                Duration.ofMillis(1_500),
                44_100,
                false,
                false,
                Map.of("title", "of the file", "isrc", "x"),
                true));
  }

  @Test
  void tenHoursAreTakenAndMoreThanADayIsNot() throws Exception {
    assertThat(Probe.of(json("flac", "36000.0"), false).duration()).isEqualTo(Duration.ofHours(10));
    assertThatThrownBy(() -> Probe.of(json("flac", "90000.0"), false))
        .isInstanceOf(CannotEncode.class)
        .hasMessage("it is 25.0 h long, at most 24 h are taken");
  }

  @Test
  void whatNamesOtherFilesIsNoSound() throws Exception {
    assertThatThrownBy(() -> Probe.of(json("hls,applehttp", "10.0"), false))
        .isInstanceOf(CannotEncode.class)
        .hasMessage("it is a playlist");
  }

  @Test
  void whatLostHalfASecondIsCutOffUnlessItsLengthWasAGuess() throws Exception {
    Cuts heard = Cuts.of(44_100, 1_024, List.of(44_100L * 9 + 1_024));

    Probe.of(json("mp3", "10.0"), true).check(heard);
    Probe.of(json("flac", "9.4"), false).check(heard);
    assertThatThrownBy(() -> Probe.of(json("flac", "10.0"), false).check(heard))
        .isInstanceOf(CannotEncode.class)
        .hasMessageContaining("10.0 s long, and 9.0 s can be decoded");
  }
}
