package io.downbeat.local.run.sound;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class ManifestsTest {
  private static final int RATE = 1_000;

  private static final Fragments FRAGMENTS = fragments(50);

  /** Twelve fragments: segments of 2, 8 and 2 of them. */
  private static final SoundFile FILE = SoundFile.of(FRAGMENTS, SoundFile.first(FRAGMENTS));

  private static final int INDEX = 32 + 3 * 12;

  /**
   * @param first in bytes, of each of the first two
   */
  private static Fragments fragments(long first) {
    List<Fragments.Fragment> all = new ArrayList<>();
    all.addAll(Collections.nCopies(2, new Fragments.Fragment(first, 500)));
    all.addAll(Collections.nCopies(4, new Fragments.Fragment(60, 500)));
    all.addAll(Collections.nCopies(4, new Fragments.Fragment(65, 500)));
    all.addAll(Collections.nCopies(2, new Fragments.Fragment(25, 250)));
    return new Fragments(700, 1, RATE, 24, all);
  }

  @Test
  void theFirstSegmentIsTwoFragmentsOrAsManyAsFitInto14Kilobytes() {
    assertThat(SoundFile.first(fragments(7_000))).isEqualTo(2);
    assertThat(SoundFile.first(fragments(7_001))).isEqualTo(1);
    assertThat(SoundFile.first(fragments(15_000))).isEqualTo(1);
    assertThat(SoundFile.of(fragments(7_001), 1).cuts().samples())
        .containsExactly(0L, 500L, 4_500L, 5_500L);
  }

  @Test
  void theFirstSegmentIsTwoFragmentsAndEachOtherEight() {
    assertThat(FILE.cuts().samples()).containsExactly(0L, 1_000L, 5_000L, 5_500L);
    assertThat(FILE.cuts().heard()).isEqualTo(5_500 - 24);
    assertThat(FILE.segments()).containsExactly(100, 500, 50);
    assertThat(FILE.firstEnd()).isEqualTo(700 + INDEX + 100);
    assertThat(FILE.bytes()).isEqualTo(700 + INDEX + 650);
  }

  @Test
  void theSegmentIndexIsAsTheStandardSays() {
    ByteBuffer box = FILE.sidx();

    assertThat(box.remaining()).isEqualTo(INDEX);
    assertThat(box.getInt()).isEqualTo(INDEX);
    assertThat(box.getInt()).isEqualTo(0x73696478); // "sidx"
    assertThat(box.getInt()).as("version and flags").isZero();
    assertThat(box.getInt()).as("reference_ID").isEqualTo(1);
    assertThat(box.getInt()).as("timescale").isEqualTo(RATE);
    assertThat(box.getInt()).as("earliest_presentation_time").isZero();
    assertThat(box.getInt()).as("first_offset").isZero();
    assertThat(box.getInt()).as("reserved, and how many").isEqualTo(3);
    for (int[] expected : new int[][] {{100, 1_000}, {500, 4_000}, {50, 500}}) {
      assertThat(box.getInt()).as("reference_type 0 and referenced_size").isEqualTo(expected[0]);
      assertThat(box.getInt()).as("subsegment_duration").isEqualTo(expected[1]);
      assertThat(box.getInt() >>> 28).as("starts_with_SAP and SAP_type").isEqualTo(9);
    }
    assertThat(box.hasRemaining()).isFalse();
  }

  @Test
  void aPlaylistNamesTheSegmentsByTheirBytes() {
    assertThat(Manifests.playlist(FILE))
        .isEqualTo(
            """
            #EXTM3U
            #EXT-X-VERSION:7
            #EXT-X-PLAYLIST-TYPE:VOD
            #EXT-X-TARGETDURATION:4
            #EXT-X-INDEPENDENT-SEGMENTS
            #EXT-X-MAP:URI="sound.mp4",BYTERANGE="700@0"
            #EXTINF:1.000000,
            #EXT-X-BYTERANGE:100@768
            sound.mp4
            #EXTINF:4.000000,
            #EXT-X-BYTERANGE:500@868
            sound.mp4
            #EXTINF:0.500000,
            #EXT-X-BYTERANGE:50@1368
            sound.mp4
            #EXT-X-ENDLIST
            """);
  }

  @Test
  void whatNamesTheQualitiesNamesTheirFiles() {
    Map<Quality, SoundFile> files = new TreeMap<>(Map.of(Quality.LOW, FILE, Quality.MIDDLE, FILE));

    // 650 bytes in 5.5 s on the average; 500 in 4 s at most.
    assertThat(Manifests.master(files))
        .isEqualTo(
            """
            #EXTM3U
            #EXT-X-VERSION:7
            #EXT-X-INDEPENDENT-SEGMENTS
            #EXT-X-STREAM-INF:BANDWIDTH=1000,AVERAGE-BANDWIDTH=945,CODECS="mp4a.40.2"
            96/index.m3u8
            #EXT-X-STREAM-INF:BANDWIDTH=1000,AVERAGE-BANDWIDTH=945,CODECS="mp4a.40.2"
            160/index.m3u8
            """);
    assertThat(Manifests.mpd(FILE.cuts(), files))
        .contains("urn:mpeg:dash:profile:isoff-on-demand:2011")
        .contains("mediaPresentationDuration=\"PT5.500000S\"")
        .contains(
            """
                  <Representation id="160" bandwidth="1000" audioSamplingRate="1000">
                    <BaseURL>160/sound.mp4</BaseURL>
                    <SegmentBase indexRange="700-767" timescale="1000">
                      <Initialization range="0-699"/>
                    </SegmentBase>
                  </Representation>
            """
                .indent(0));
  }
}
