package io.downbeat.local.run.imports;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.downbeat.local.run.api.Json;
import io.downbeat.local.run.api.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormatsTest {

  private static final String RADIO = "local_time\tprogram\tartist\ttrack\talbum\tduration_s\n";
  private static final String STREAMING =
      "track_id\ttitle\tartist_id\tartist\talbum_id\talbum\trelease_date\talbum_total_tracks\ttrack_number\tduration_ms\tgenres\tpopularity\texplicit\n";

  @TempDir Path folder;

  @Test
  void radioPlayIsHeardWholeByItsProgram() throws Exception {
    JsonNode play =
        json(
            RADIO + "2012-02-07T08:41:57\tMornings with Zan\tGoodnight Tiger\tJump Down\t \t178\n",
            Kind.PLAYS);

    assertThat(play.toString())
        .isEqualTo(
            """
            {"play_id":"%s","user_id":"%s","track_id":"%s","started_at":"2012-02-06T21:41:57Z",\
            "played_millis":178000,"context":{"type":"radio","id":"Mornings with Zan"},"end_reason":"completed"}"""
                .formatted(
                    ImportIds.radioPlay(
                        "2012-02-07T08:41:57",
                        "Mornings with Zan",
                        "Goodnight Tiger",
                        "Jump Down",
                        "",
                        "178"),
                    ImportIds.listener("Mornings with Zan"),
                    ImportIds.track("Goodnight Tiger", "Jump Down")));
  }

  @ParameterizedTest
  @CsvSource({
    // The hour from 2 to 3 came twice: the first time counts, still in summer time (UTC+11).
    "2012-04-01T02:30:00, 2012-03-31T15:30:00Z",
    "2013-04-07T02:30:00, 2013-04-06T15:30:00Z",
    "2014-04-06T02:30:00, 2014-04-05T15:30:00Z",
    "2014-04-06T03:00:00, 2014-04-05T17:00:00Z",
    // The hour from 2 to 3 never came: it is read as 3 to 4 o'clock (UTC+11).
    "2012-10-07T02:30:00, 2012-10-06T16:30:00Z",
    "2013-10-06T02:30:00, 2013-10-05T16:30:00Z",
    "2014-10-05T02:30:00, 2014-10-04T16:30:00Z",
    "2014-10-05T01:59:59, 2014-10-04T15:59:59Z"
  })
  void localTimeOfTheRadioIsSydneys(String local, String utc) throws Exception {
    JsonNode play = json(RADIO + local + "\tp\ta\tt\t \t1\n", Kind.PLAYS);

    assertThat(play.get("started_at").asText()).isEqualTo(utc);
  }

  @Test
  void namedZoneGoesBeforeTheRadios() throws Exception {
    List<Row> rows =
        rows(RADIO + "2012-02-07T08:00:00\tp\ta\tt\t \t1\n", Kind.PLAYS, ZoneId.of("UTC"));

    assertThat(objects(rows).get(0).get("started_at").asText()).isEqualTo("2012-02-07T08:00:00Z");
  }

  @ParameterizedTest
  @CsvSource({
    "' ', is blank",
    "0, 'is 0: a play heard whole needs the length of its track'",
    "0.0001, 'is 0: a play heard whole needs the length of its track'",
    "-3, '\"-3\" is no number of seconds'",
    "1e999999999, '\"1e999999999\" is no number of seconds'",
    "86401, '\"86401\" is longer than a day'"
  })
  void playOfNoLengthIsRefused(String duration, String reason) throws Exception {
    String row = "2012-02-07T08:00:00\tp\ta\tt\t \t" + duration;

    assertThat(rows(RADIO + row, Kind.PLAYS, null))
        .containsExactly(new Row.Refused(2, row, "duration_s", reason));
  }

  @Test
  void rowsThatNameNoTimeOrTrackAreRefusedAndTheOthersGoOn() throws Exception {
    List<Row> rows =
        rows(
            RADIO
                + "yesterday\tp\ta\tt\t \t1\n"
                + "2012-02-07T08:00:00\tp\ta\t \t \t1\n"
                + "2012-02-07T08:00:00\tp\ta\tt\n"
                + "\n"
                + "2012-02-07T08:00:00\t \t \tt\t \t1.5\n",
            Kind.PLAYS,
            null);

    assertThat(rows.subList(0, 3))
        .extracting("line", "field")
        .containsExactly(tuple(2L, "local_time"), tuple(3L, "track"), tuple(4L, null));
    JsonNode blankProgram = objects(rows).get(0);
    assertThat(rows.get(3).line()).isEqualTo(6);
    assertThat(blankProgram.get("user_id").asText()).isEqualTo(ImportIds.listener("").toString());
    assertThat(blankProgram.get("context").has("id")).isFalse();
    assertThat(blankProgram.get("played_millis").asLong()).isEqualTo(1500);
  }

  @Test
  void catalogueTellsEachArtistAndAlbumOnceAndBeforeItsTracks() throws Exception {
    List<JsonNode> lines =
        objects(
            rows(
                "title\tartist\talbum\tduration_s\tfirst_played\tplays\n"
                    + "One\tMuph & Plutonic\tDay Off\t10\t2012-01-01\t1\n"
                    + "Two\tMUPH & Plutonic \tday off\t0\t2012-01-01\t1\n"
                    + "Three\t \t \t30\t2012-01-01\t1\n",
                Kind.CATALOG,
                null));

    UUID artist = ImportIds.artist("Muph & Plutonic");
    UUID album = ImportIds.album("Muph & Plutonic", "Day Off");
    assertThat(lines)
        .extracting(JsonNode::toString)
        .containsExactly(
            "{\"type\":\"artist\",\"artist_id\":\"%s\",\"name\":\"Muph & Plutonic\"}"
                .formatted(artist),
            "{\"type\":\"album\",\"album_id\":\"%s\",\"title\":\"Day Off\",\"artist_ids\":[\"%s\"]}"
                .formatted(album, artist),
            "{\"type\":\"track\",\"track_id\":\"%s\",\"title\":\"One\",\"artist_ids\":[\"%s\"],\"album_id\":\"%s\",\"duration_millis\":10000}"
                .formatted(ImportIds.track("muph & plutonic", "one"), artist, album),
            "{\"type\":\"track\",\"track_id\":\"%s\",\"title\":\"Two\",\"artist_ids\":[\"%s\"],\"album_id\":\"%s\"}"
                .formatted(ImportIds.track("Muph & Plutonic", "Two"), artist, album),
            "{\"type\":\"track\",\"track_id\":\"%s\",\"title\":\"Three\",\"duration_millis\":30000}"
                .formatted(ImportIds.track("", "Three")));
  }

  @Test
  void playsGiveACatalogueInWhichATrackIsAsInItsFirstRowWithAnAlbum() throws Exception {
    String time = "2012-02-07T08:00:00\tp\t";
    List<Row> rows =
        rows(
            RADIO
                + time
                + "A\tOne\t \t10\n"
                + time
                + "a\tONE\t \t11\n"
                + time
                + "A\tOne\tFirst\t12\n"
                + time
                + "A\tOne\tSecond\t13\n",
            Kind.CATALOG,
            null);

    assertThat(rows)
        .extracting(row -> ((Row.Mapped) row).json().size())
        .containsExactly(2, 0, 2, 1);
    assertThat(objects(rows))
        .filteredOn(line -> line.get("type").asText().equals("track"))
        .last()
        .satisfies(
            track -> {
              assertThat(track.get("album_id").asText())
                  .isEqualTo(ImportIds.album("A", "First").toString());
              assertThat(track.get("duration_millis").asLong()).isEqualTo(12_000);
            });
  }

  @Test
  void streamingCatalogueKeepsTheFilesOwnIds() throws Exception {
    List<JsonNode> lines =
        objects(
            rows(
                STREAMING
                    + "t1\tshut up\ta1\tAriana\tb1\tPositions\t2021-02\t19\t1\t157710\tdance pop|pop| |pop\t63\tTrue\n"
                    + "t2\t34+35\ta2\tDoja\tb1\tPositions\t2021-02\t19\t2\t\t\t63\tFalse\n"
                    + "t3\t\"Life\"\ta3\t\tb2\t\t2021\t1\t1\t5\t\t1\tFalse\n",
                Kind.CATALOG,
                null));

    assertThat(lines)
        .extracting(JsonNode::toString)
        .containsExactly(
            "{\"type\":\"artist\",\"artist_id\":\"%s\",\"name\":\"Ariana\",\"genres\":[\"dance pop\",\"pop\"]}"
                .formatted(ImportIds.foreignArtist("a1")),
            "{\"type\":\"album\",\"album_id\":\"%s\",\"title\":\"Positions\",\"artist_ids\":[\"%s\"],\"genres\":[\"dance pop\",\"pop\"],\"release_date\":\"2021-02\",\"total_tracks\":19}"
                .formatted(ImportIds.foreignAlbum("b1"), ImportIds.foreignArtist("a1")),
            "{\"type\":\"track\",\"track_id\":\"%s\",\"title\":\"shut up\",\"artist_ids\":[\"%s\"],\"album_id\":\"%s\",\"genres\":[\"dance pop\",\"pop\"],\"duration_millis\":157710,\"track_number\":1,\"explicit\":true}"
                .formatted(
                    ImportIds.foreignTrack("t1"),
                    ImportIds.foreignArtist("a1"),
                    ImportIds.foreignAlbum("b1")),
            "{\"type\":\"artist\",\"artist_id\":\"%s\",\"name\":\"Doja\"}"
                .formatted(ImportIds.foreignArtist("a2")),
            "{\"type\":\"album\",\"album_id\":\"%s\",\"title\":\"Positions\",\"artist_ids\":[\"%s\",\"%s\"],\"release_date\":\"2021-02\",\"total_tracks\":19}"
                .formatted(
                    ImportIds.foreignAlbum("b1"),
                    ImportIds.foreignArtist("a1"),
                    ImportIds.foreignArtist("a2")),
            "{\"type\":\"track\",\"track_id\":\"%s\",\"title\":\"34+35\",\"artist_ids\":[\"%s\"],\"album_id\":\"%s\",\"track_number\":2}"
                .formatted(
                    ImportIds.foreignTrack("t2"),
                    ImportIds.foreignArtist("a2"),
                    ImportIds.foreignAlbum("b1")),
            "{\"type\":\"track\",\"track_id\":\"%s\",\"title\":\"\\\"Life\\\"\",\"duration_millis\":5,\"track_number\":1}"
                .formatted(ImportIds.foreignTrack("t3")));
  }

  @Test
  void streamingCatalogueTellsAllThatItsColumnsKnow() throws Exception {
    List<JsonNode> lines =
        objects(
            rows(
                "track_id\ttitle\tartist_id\tartist\talbum_id\talbum\tcover_url\tdisc_number\tcountries\tisrc\n"
                    + "t1\tOne\ta1\tAriana\tb1\tFirst\thttps://c.example/1.jpg\t2\tAU|NZ|AU\tUS-S1Z-99-00001\n"
                    + "t2\tTwo\ta1\tAriana\tb1\tFirst\t\t\t\t\n",
                Kind.CATALOG,
                null));

    assertThat(lines.get(1).get("cover_url").asText()).isEqualTo("https://c.example/1.jpg");
    assertThat(lines.get(2).get("disc_number").asInt()).isEqualTo(2);
    assertThat(lines.get(2).get("countries").toString()).isEqualTo("[\"AU\",\"NZ\"]");
    assertThat(lines.get(2).get("isrc").asText()).isEqualTo("US-S1Z-99-00001");
    assertThat(lines.get(3).fieldNames())
        .toIterable()
        .containsExactly("type", "track_id", "title", "artist_ids", "album_id");
  }

  @Test
  void ownPlaysInATableAreTheFieldsOfTheApi() throws Exception {
    JsonNode play =
        json(
            """
            Played_Millis;user_id;track_id;started_at;device_id;device_seq;offline;context.type;context.id;country;client
            31000;u;t;2014-01-01T00:00:00+01:00;d;7;TRUE;playlist;"a;""b\""";AU;
            """,
            Kind.PLAYS);

    assertThat(play)
        .isEqualTo(
            Json.MAPPER.readTree(
                """
                {"user_id":"u","device_id":"d","track_id":"t","country":"AU","started_at":"2014-01-01T00:00:00+01:00",
                 "played_millis":31000,"device_seq":7,"offline":true,"context":{"type":"playlist","id":"a;\\"b\\""}}"""));
  }

  @Test
  void ownLinesGoOutAsTheyStand() throws Exception {
    String play =
        "{ \"user_id\":\"u\", \"track_id\":\"t\", \"started_at\":\"2014-01-01T00:00:00Z\", \"played_millis\":1e3, \"x\":\"\\ud800\" }";
    String artist = "{\"type\":\"artist\",\"artist_id\":\"a\",\"name\":\"é\"}";

    assertThat(rows(play + "\r\n\r\n[1]\n{\"a\":\n", Kind.PLAYS, null))
        .containsExactly(
            new Row.Mapped(1, play, List.of(play)),
            new Row.Refused(3, "[1]", null, "is not a JSON object"),
            new Row.Refused(
                4,
                "{\"a\":",
                null,
                ((Row.Refused) rows(play + "\n{\"a\":", Kind.PLAYS, null).get(1)).reason()));
    assertThat(rows(artist, Kind.CATALOG, null))
        .containsExactly(new Row.Mapped(1, artist, List.of(artist)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "user_id,track_id,started_at,played_millis\nu,t,2014-04-06 02:30:00,1\n",
        "{\"user_id\":\"u\",\"track_id\":\"t\",\"started_at\":\"2014-04-06T02:30:00\",\"played_millis\":1}"
      })
  void ownLocalTimesNeedAZone(String file) throws Exception {
    assertThat(
            objects(rows(file, Kind.PLAYS, ZoneId.of("Australia/Sydney")))
                .get(0)
                .get("started_at")
                .asText())
        .isEqualTo("2014-04-05T15:30:00Z");
    assertThatThrownBy(() -> rows(file, Kind.PLAYS, null))
        .isInstanceOf(CannotImport.class)
        .hasMessageContaining("has no offset")
        .hasMessageContaining("--zone");
  }

  @Test
  void quotesInTsvAreCharactersAndNamesMayBeWeird() throws Exception {
    List<Row> rows =
        rows(
            RADIO
                + "2012-02-07T08:00:00\tp\t\"A\tHe said \"no\"\"\t\"\t1\n"
                + "2012-02-07T08:00:00\tp\u0089\tMötley \ud83c\udfb8\tÅ\u0001\t\u3042\t1\n",
            Kind.CATALOG,
            null);

    assertThat(objects(rows))
        .extracting(line -> line.path("name").asText(line.path("title").asText()))
        .containsExactly(
            "\"A", "\"", "He said \"no\"\"", "Mötley \ud83c\udfb8", "\u3042", "Å\ufffd");
  }

  @Test
  void quotedCsvCellsMayHoldLinesAndQuotes() throws Exception {
    String header = "title,artist,album,duration_s\r\n";
    List<Row> rows =
        rows(
            header + "\"a \"\"b\"\"\r\nc\",x,,1\r\n12\" mix,x,,1\r\nshort,x\r\n",
            Kind.CATALOG,
            null);

    assertThat(rows)
        .extracting(Row::line, Row::original)
        .containsExactly(
            tuple(2L, "\"a \"\"b\"\"\r\nc\",x,,1"),
            tuple(4L, "\"12\"\" mix\",x,,1"),
            tuple(5L, "short,x"));
    assertThat(objects(rows).get(1).get("title").asText()).isEqualTo("a \"b\"\ufffd\ufffdc");
    assertThat(objects(rows).get(2).get("title").asText()).isEqualTo("12\" mix");
    assertThat(rows.get(2)).isInstanceOf(Row.Refused.class);
  }

  @Test
  void byteOrderMarkCarriageReturnsAndOtherColumnOrderAreFine() throws Exception {
    JsonNode play =
        json(
            "\ufeffDuration_S\tlocal_time\ttrack\tartist\tprogram\r\n"
                + "9\t2012-02-07T08:00:00\tt\ta\tp\r\n",
            Kind.PLAYS);

    assertThat(play.get("play_id").asText())
        .isEqualTo(ImportIds.radioPlay("2012-02-07T08:00:00", "p", "a", "t", "", "9").toString());
  }

  @Test
  void tooLongRowIsRefusedAndTheNextOneIsRead() throws Exception {
    String good = "2012-02-07T08:00:00\tp\ta\tt\t \t1";
    String longest = "x".repeat(Formats.MAX_ROW_CHARS);
    List<Row> rows = rows(RADIO + longest + "yyy\n" + longest + "\n" + good, Kind.PLAYS, null);

    assertThat(rows.get(0))
        .isEqualTo(new Row.Refused(2, longest, null, "is longer than 65536 characters"));
    assertThat(rows.get(1)).extracting("reason").isEqualTo("has 1 columns, the header has 6");
    assertThat(rows.get(2)).isInstanceOf(Row.Mapped.class);
  }

  @Test
  void rowThatIsNotUtf8IsRefused() throws Exception {
    byte[] latin = "2012-02-07T08:00:00\tp\tMötley\tt\t \t1\n".getBytes(ISO_8859_1);
    byte[] good = "2012-02-07T08:00:00\tp\tMötley\tt\t \t1\n".getBytes(UTF_8);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(RADIO.getBytes(UTF_8));
    file.writeBytes(latin);
    file.writeBytes(good);

    assertThat(rows(file.toByteArray(), Kind.PLAYS, null))
        .extracting(row -> row instanceof Row.Refused refused ? refused.reason() : "sent")
        .containsExactly("is not UTF-8", "sent");
  }

  @Test
  void gzipIsRecognisedByItsBytesAndItsEndIsMissed() throws Exception {
    StringBuilder text = new StringBuilder(RADIO);
    for (int i = 0; i < 20_000; i++) {
      text.append("2012-02-07T08:00:00\tp\ta").append(i * 31L).append("\tt\t \t1\n");
    }
    byte[] packed = gzip(text.toString());

    assertThat(rows(packed, Kind.PLAYS, null)).hasSize(20_000);
    byte[] half = Arrays.copyOf(packed, packed.length / 2);
    List<Row> before = new ArrayList<>();
    assertThatThrownBy(() -> read(half, Kind.PLAYS, null, before))
        .isInstanceOf(CannotImport.class)
        .hasMessageMatching("Cannot read test after line \\d+: its gzip data is cut off.*");
    assertThat(before).hasSizeBetween(1000, 19_000);
    Path stub = Files.write(folder.resolve("stub.gz"), Arrays.copyOf(packed, 5));
    assertThatThrownBy(() -> Formats.open(stub, Kind.PLAYS, null))
        .isInstanceOf(CannotImport.class)
        .hasMessageContaining("gzip data is damaged");
  }

  @Test
  void unknownShapeIsAnsweredWithTheKnownOnes() {
    assertThatThrownBy(() -> rows("a\tb\nc\td\n", Kind.PLAYS, null))
        .isInstanceOf(CannotImport.class)
        .hasMessageContaining("Its header has: a, b")
        .hasMessageContaining("local_time, program, artist, track, duration_s, [album]")
        .hasMessageContaining("user_id, track_id, started_at, played_millis");
    assertThatThrownBy(() -> rows("{\"a\":1}", Kind.CATALOG, null))
        .hasMessageContaining("Its first object has: a");
    assertThatThrownBy(() -> rows("{\"a\":", Kind.CATALOG, null))
        .hasMessageContaining("its first line is not JSON");
    assertThatThrownBy(() -> rows("title,title\n", Kind.CATALOG, null))
        .hasMessageContaining("names a column twice: title");
    assertThatThrownBy(() -> rows("", Kind.CATALOG, null)).hasMessageContaining("it is empty");
    assertThatThrownBy(() -> rows("x".repeat(100_000), Kind.CATALOG, null))
        .hasMessageContaining("does not end within");
    assertThatThrownBy(() -> Formats.open(folder.resolve("none"), Kind.PLAYS, null))
        .hasMessageContaining("there is no such file");
    assertThatThrownBy(() -> Formats.open(folder, Kind.PLAYS, null))
        .hasMessageContaining("it is a directory");
  }

  @Test
  void catalogueIsNotTakenForPlays() {
    assertThatThrownBy(() -> rows(STREAMING, Kind.PLAYS, null))
        .isInstanceOf(CannotImport.class)
        .hasMessage(
            "Cannot import test as plays: it is a streaming catalogue. Use: import catalog");
  }

  private static JsonNode json(String file, Kind kind) throws IOException {
    List<JsonNode> objects = objects(rows(file, kind, null));
    assertThat(objects).hasSize(1);
    return objects.get(0);
  }

  private static List<JsonNode> objects(List<Row> rows) throws IOException {
    List<JsonNode> objects = new ArrayList<>();
    for (Row row : rows) {
      if (row instanceof Row.Mapped mapped) {
        for (String json : mapped.json()) {
          objects.add(Json.MAPPER.readTree(json));
        }
      }
    }
    return objects;
  }

  private static List<Row> rows(String file, Kind kind, ZoneId zone) throws IOException {
    return rows(file.getBytes(UTF_8), kind, zone);
  }

  private static List<Row> rows(byte[] file, Kind kind, ZoneId zone) throws IOException {
    List<Row> rows = new ArrayList<>();
    read(file, kind, zone, rows);
    return rows;
  }

  private static void read(byte[] file, Kind kind, ZoneId zone, List<Row> into) throws IOException {
    try (Rows rows = Formats.open(Input.of("test", new ByteArrayInputStream(file)), kind, zone)) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        into.add(row);
      }
    }
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }
}
