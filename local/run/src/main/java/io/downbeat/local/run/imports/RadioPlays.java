package io.downbeat.local.run.imports;

import io.downbeat.local.run.api.Json;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;

/**
 * What a radio played, as plays: the program is the listener, and hears every track to its end. A
 * blank program is one listener too. Ids are {@link ImportIds#radioPlay}, {@link
 * ImportIds#listener} and {@link ImportIds#track}.
 */
final class RadioPlays implements Mapping {

  private static final long MAX_PLAYED_MILLIS = 86_400_000;

  private final Columns columns;
  private final ZoneId zone;

  RadioPlays(Columns columns, ZoneId zone) {
    this.columns = columns;
    this.zone = zone;
  }

  @Override
  public List<String> map(Records.Raw raw) {
    Columns.Cells row = columns.of(raw);
    LocalDateTime localTime = LocalTimes.parse("local_time", row.required("local_time"));
    String track = row.required("track");
    long playedMillis = playedMillis(row);
    String program = row.get("program");
    String artist = row.get("artist");
    return List.of(
        Json.object(
            json -> {
              json.writeStringField(
                  "play_id",
                  ImportIds.radioPlay(
                          row.get("local_time"),
                          program,
                          artist,
                          track,
                          row.get("album"),
                          row.get("duration_s"))
                      .toString());
              json.writeStringField("user_id", ImportIds.listener(program).toString());
              json.writeStringField("track_id", ImportIds.track(artist, track).toString());
              json.writeStringField("started_at", LocalTimes.instant(localTime, zone).toString());
              json.writeNumberField("played_millis", playedMillis);
              json.writeObjectFieldStart("context");
              json.writeStringField("type", "radio");
              if (!program.isBlank()) {
                json.writeStringField("id", Json.shown(program));
              }
              json.writeEndObject();
              json.writeStringField("end_reason", "completed");
            }));
  }

  private static long playedMillis(Columns.Cells row) {
    long millis = row.secondsAsMillis("duration_s");
    if (millis == 0) {
      throw new Unfit("duration_s", "is 0: a play heard whole needs the length of its track");
    }
    if (millis > MAX_PLAYED_MILLIS) {
      throw new Unfit(
          "duration_s", "\"" + row.get("duration_s").strip() + "\" is longer than a day");
    }
    return millis;
  }
}
