package io.downbeat.local.run.sound;

import java.util.Locale;
import java.util.Map;

/**
 * What players read first: playlists of HLS (RFC 8216) and manifests of DASH (ISO 23009-1) over the
 * same bytes. Their URLs are relative, so that whatever signs the folder signs them.
 */
final class Manifests {
  private static final String CODEC = "mp4a.40.2";

  private Manifests() {}

  /** Of one quality, in its folder. */
  static String playlist(SoundFile file) {
    Cuts cuts = file.cuts();
    long longest = 1;
    for (int i = 0; i < cuts.segments(); i++) {
      longest = Math.max(longest, Math.round(cuts.seconds(i)));
    }
    StringBuilder text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:7\n");
    text.append("#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-TARGETDURATION:").append(longest);
    text.append("\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MAP:URI=\"" + SoundFile.NAME + "\"");
    text.append(",BYTERANGE=\"").append(file.header()).append("@0\"\n");
    long offset = file.offset(0);
    for (int i = 0; i < cuts.segments(); i++) {
      int bytes = file.segments().get(i);
      text.append(String.format(Locale.ROOT, "#EXTINF:%.6f,\n", cuts.seconds(i)));
      text.append("#EXT-X-BYTERANGE:").append(bytes).append('@').append(offset).append('\n');
      text.append(SoundFile.NAME + "\n");
      offset += bytes;
    }
    return text.append("#EXT-X-ENDLIST\n").toString();
  }

  /**
   * @param files the qualities to choose from
   */
  static String master(Map<Quality, SoundFile> files) {
    StringBuilder text =
        new StringBuilder("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n");
    files.forEach(
        (quality, file) ->
            text.append("#EXT-X-STREAM-INF:BANDWIDTH=")
                .append(file.most())
                .append(",AVERAGE-BANDWIDTH=")
                .append(file.average())
                .append(",CODECS=\"" + CODEC + "\"\n")
                .append(quality.folder())
                .append("/index.m3u8\n"));
    return text.toString();
  }

  /**
   * @param files the qualities to choose from, all with these cuts
   */
  static String mpd(Cuts cuts, Map<Quality, SoundFile> files) {
    int rate = cuts.sampleRate();
    StringBuilder text =
        new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
            .append("<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" profiles=\"")
            .append("urn:mpeg:dash:profile:isoff-on-demand:2011,urn:mpeg:dash:profile:cmaf:2019\"")
            .append(" type=\"static\" minBufferTime=\"PT1S\" mediaPresentationDuration=\"")
            .append(String.format(Locale.ROOT, "PT%.6fS\">\n", cuts.end() / (double) rate))
            .append("  <Period>\n    <AdaptationSet contentType=\"audio\" mimeType=\"audio/mp4\"")
            .append(" codecs=\"" + CODEC + "\" segmentAlignment=\"true\"")
            .append(" subsegmentAlignment=\"true\" subsegmentStartsWithSAP=\"1\">\n");
    files.forEach(
        (quality, file) ->
            text.append("      <Representation id=\"")
                .append(quality.folder())
                .append("\" bandwidth=\"")
                .append(file.most())
                .append("\" audioSamplingRate=\"")
                .append(rate)
                .append("\">\n        <BaseURL>")
                .append(quality.folder())
                .append("/" + SoundFile.NAME + "</BaseURL>\n        <SegmentBase indexRange=\"")
                .append(file.header())
                .append('-')
                .append(file.header() + file.index() - 1)
                .append("\" timescale=\"")
                .append(rate)
                .append("\">\n          <Initialization range=\"0-")
                .append(file.header() - 1)
                .append("\"/>\n        </SegmentBase>\n      </Representation>\n"));
    return text.append("    </AdaptationSet>\n  </Period>\n</MPD>\n").toString();
  }
}
