package io.downbeat.local.run.sound;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What players read first: playlists of HLS (RFC 8216) and manifests of DASH (ISO 23009-1) over the
 * same segments. Their URLs are relative, so that whatever signs the folder signs them.
 */
final class Manifests {
  private static final String CODEC = "mp4a.40.2";

  private Manifests() {}

  /** Of one quality, in its folder. */
  static String playlist(Cuts cuts) {
    StringBuilder text = new StringBuilder();
    long longest = 1;
    for (int i = 0; i < cuts.segments(); i++) {
      longest = Math.max(longest, Math.round(cuts.seconds(i)));
    }
    text.append("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-TARGETDURATION:")
        .append(longest)
        .append("\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MAP:URI=\"init.mp4\"\n");
    for (int i = 0; i < cuts.segments(); i++) {
      text.append(String.format(Locale.ROOT, "#EXTINF:%.6f,%n%d.m4s%n", cuts.seconds(i), i));
    }
    return text.append("#EXT-X-ENDLIST\n").toString().replace("\r\n", "\n");
  }

  /**
   * @param rates bits a second, on the average and at most, of the qualities to choose from
   */
  static String master(Map<Quality, Rate> rates) {
    StringBuilder text =
        new StringBuilder("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n");
    rates.forEach(
        (quality, rate) ->
            text.append("#EXT-X-STREAM-INF:BANDWIDTH=")
                .append(rate.most())
                .append(",AVERAGE-BANDWIDTH=")
                .append(rate.average())
                .append(",CODECS=\"" + CODEC + "\"\n")
                .append(quality.folder())
                .append("/index.m3u8\n"));
    return text.toString();
  }

  record Rate(long average, long most) {
    /**
     * @param bytes of each segment
     */
    static Rate of(Cuts cuts, List<Long> bytes) {
      double most = 0;
      long all = 0;
      for (int i = 0; i < cuts.segments(); i++) {
        // The last one may be shorter than what a player would measure.
        if (i < cuts.segments() - 1 || cuts.segments() == 1) {
          most = Math.max(most, 8 * bytes.get(i) / cuts.seconds(i));
        }
        all += bytes.get(i);
      }
      return new Rate(
          Math.round(8.0 * all * cuts.sampleRate() / cuts.end()), (long) Math.ceil(most));
    }
  }

  static String mpd(Cuts cuts, Map<Quality, Rate> rates) {
    StringBuilder text =
        new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
            .append("<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"")
            .append(
                " profiles=\"urn:mpeg:dash:profile:isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019\"")
            .append(" type=\"static\" minBufferTime=\"PT1S\" mediaPresentationDuration=\"")
            .append(String.format(Locale.ROOT, "PT%.6fS", cuts.end() / (double) cuts.sampleRate()))
            .append(
                "\">\n  <Period>\n    <AdaptationSet contentType=\"audio\" mimeType=\"audio/mp4\"")
            .append(" codecs=\"" + CODEC + "\" segmentAlignment=\"true\" startWithSAP=\"1\">\n")
            .append("      <SegmentTemplate timescale=\"")
            .append(cuts.sampleRate())
            .append("\" initialization=\"$RepresentationID$/init.mp4\"")
            .append(" media=\"$RepresentationID$/$Number$.m4s\" startNumber=\"0\">\n")
            .append("        <SegmentTimeline>\n");
    for (int i = 0; i < cuts.segments(); i++) {
      int same = i;
      while (same + 1 < cuts.segments() && cuts.length(same + 1) == cuts.length(i)) {
        same++;
      }
      text.append("          <S d=\"").append(cuts.length(i)).append('"');
      if (same > i) {
        text.append(" r=\"").append(same - i).append('"');
      }
      text.append("/>\n");
      i = same;
    }
    text.append("        </SegmentTimeline>\n      </SegmentTemplate>\n");
    rates.forEach(
        (quality, rate) ->
            text.append("      <Representation id=\"")
                .append(quality.folder())
                .append("\" bandwidth=\"")
                .append(rate.most())
                .append("\" audioSamplingRate=\"")
                .append(cuts.sampleRate())
                .append("\"/>\n"));
    return text.append("    </AdaptationSet>\n  </Period>\n</MPD>\n").toString();
  }
}
