package io.downbeat.ingest.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.downbeat.ingest.json.Refusal;
import io.downbeat.ingest.json.RefusedException;
import io.downbeat.schemas.avro.Album;
import io.downbeat.schemas.avro.Artist;
import io.downbeat.schemas.avro.ArtistRole;
import io.downbeat.schemas.avro.Track;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CatalogLineTest {

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final UUID A = new UUID(1, 1);
  private static final UUID B = new UUID(2, 2);
  private static final String TRACK = "{'type':'track','track_id':'" + A + "','title':'t'%s}";

  @Test
  void aThingWithNothingButWhatItNeeds() throws Exception {
    assertThat(read("{'type':'artist','artist_id':'%s','name':'n'}".formatted(A)))
        .isEqualTo(new CatalogEntry.OfArtist(new Artist(A, "n", List.of(), null, null, NOW)));
    assertThat(read("{'title':'n','album_id':'%s','type':'album'}".formatted(A)))
        .isEqualTo(
            new CatalogEntry.OfAlbum(
                new Album(A, "n", List.of(), List.of(), null, null, null, null, NOW)));
    assertThat(read(TRACK.formatted("")))
        .isEqualTo(
            new CatalogEntry.OfTrack(
                Track.newBuilder().setTrackId(A).setTitle("t").setUpdatedAt(NOW).build()));
  }

  @Test
  void aThingWithAllItMayHave() throws Exception {
    assertThat(
            read(
                TRACK.formatted(
                    (",'artist_ids':['%s','%s'],'artist_roles':['main','featured'],'album_id':'%s',"
                            + "'genres':[' Rock ','Rock'],'duration_millis':1,'disc_number':3,"
                            + "'track_number':2,'explicit':true,'countries':['AU','NZ','AU'],"
                            + "'isrc':'us-s1z-99-00001','sound':'0123456789abcdef0123456789abcdef','musicbrainz_id':'%s','withdrawn':false")
                        .formatted(B, A, B, A))))
        .isEqualTo(
            new CatalogEntry.OfTrack(
                new Track(
                    A,
                    "t",
                    List.of(B, A),
                    List.of(ArtistRole.MAIN, ArtistRole.FEATURED),
                    B,
                    List.of("Rock"),
                    1L,
                    3,
                    2,
                    true,
                    List.of("AU", "NZ"),
                    "USS1Z9900001",
                    "0123456789abcdef0123456789abcdef",
                    A,
                    NOW)));
    assertThat(
            read(
                ("{'type':'album','album_id':'%s','title':'n','artist_ids':['%s'],'genres':['Rock'],"
                        + "'release_date':'2019-05','total_tracks':9,"
                        + "'cover_url':'https://a.example/c%%20d.jpg?w=1','musicbrainz_id':'%s'}")
                    .formatted(A, B, B)))
        .isEqualTo(
            new CatalogEntry.OfAlbum(
                new Album(
                    A,
                    "n",
                    List.of(B),
                    List.of("Rock"),
                    "2019-05",
                    9,
                    "https://a.example/c%20d.jpg?w=1",
                    B,
                    NOW)));
    assertThat(
            read(
                ("{'type':'artist','artist_id':'%s','name':'n','genres':['Rock'],"
                        + "'bio':' One.\\n\\tTwo. ','musicbrainz_id':'%s'}")
                    .formatted(A, B)))
        .isEqualTo(
            new CatalogEntry.OfArtist(new Artist(A, "n", List.of("Rock"), "One.\n\tTwo.", B, NOW)));
  }

  @Test
  void anArtistNamedTwiceCountsWhereItStandsFirstWithItsRoleThere() throws Exception {
    Track track =
        track(
            TRACK.formatted(
                ",'artist_roles':['main','featured','composer'],'artist_ids':['%s','%s','%s','%s']"
                    .formatted(A, A, B, B)));

    assertThat(track.getArtistIds()).containsExactly(A, B);
    assertThat(track.getArtistRoles()).containsExactly(ArtistRole.MAIN, ArtistRole.COMPOSER);
  }

  @Test
  void aTrackIsEverywhereNowhereOrInSomeCountries() throws Exception {
    assertThat(track(TRACK.formatted("")).getCountries()).isNull();
    assertThat(track(TRACK.formatted(",'countries':[]")).getCountries()).isEmpty();
    assertThat(track(TRACK.formatted(",'countries':['AU']")).getCountries()).containsExactly("AU");
  }

  @ParameterizedTest
  @CsvSource({"artist, ARTIST", "album, ALBUM", "track, TRACK"})
  void aThingIsWithdrawnByItsIdAlone(String type, CatalogEntry.Type expected) throws Exception {
    String line = "{'type':'%s','%s_id':'%s','withdrawn':true%s}";

    assertThat(read(line.formatted(type, type, A, "")))
        .isEqualTo(new CatalogEntry.Withdrawn(expected, A));
    assertThat(refusal(line.formatted(type, type, A, ",'musicbrainz_id':null")).field())
        .isEqualTo("musicbrainz_id");
    assertThat(refusal("{'type':'%s','withdrawn':true}".formatted(type)))
        .isEqualTo(new Refusal(type + "_id", null, "required"));
  }

  @Test
  void nullMeansLeftOut() throws Exception {
    assertThat(read(TRACK.formatted(",'album_id':null,'genres':null,'explicit':null")))
        .isEqualTo(read(TRACK.formatted("")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        ",'duration_millis':-1       | duration_millis | -1       | a whole number, at least 0",
        ",'track_number':1.5         | track_number    | 1.5      | a whole number from 0 to 2147483647",
        ",'track_number':2147483648  | track_number    | 2147483648 | a whole number from 0 to 2147483647",
        ",'explicit':'yes'           | explicit        | yes      | true or false",
        ",'album_id':'x'             | album_id        | x        | a UUID",
        ",'artist_ids':'x'           | artist_ids      | x        | a list",
        ",'artist_ids':['x']         | artist_ids      | x        | a UUID",
        ",'artist_ids':[null]        | artist_ids      | -        | a UUID",
        ",'genres':[' ']             | genres          | ' '      | text of 1 to 100 characters",
        ",'genres':[{}]              | genres          | {…}      | text of 1 to 100 characters",
        ",'name':'n'                 | name            | -        | not a field of a track",
        ",'disc_number':-1           | disc_number     | -1       | a whole number from 0 to 2147483647",
        ",'artist_roles':['main']    | artist_roles    | 1 roles  | at most as many as artist_ids, which are 0",
        ",'artist_roles':['MAIN']    | artist_roles    | MAIN     | one of main, featured, remixer, composer",
        ",'artist_roles':[null]      | artist_roles    | -        | one of main, featured, remixer, composer",
        ",'countries':['au']         | countries       | au       | two capital letters (ISO 3166-1 alpha-2)",
        ",'countries':'AU'           | countries       | AU       | a list",
        ",'isrc':'USS1Z990001'       | isrc            | USS1Z990001 | 'an ISRC: CC-XXX-YY-NNNNN, with or without the hyphens'",
        ",'isrc':'US-S1Z9900001'     | isrc            | US-S1Z9900001 | 'an ISRC: CC-XXX-YY-NNNNN, with or without the hyphens'",
        ",'musicbrainz_id':'x'       | musicbrainz_id  | x        | a UUID",
        ",'withdrawn':'yes'          | withdrawn       | yes      | true or false",
        ",'withdrawn':true           | title           | -        | left out where a track is withdrawn",
        ",'colour':'red'             | colour          | red      | not a known field",
        ",'title':'again'            | title           | again    | given once only",
      })
  void aFieldThatIsWrongIsNamedWithItsValueAndItsRule(
      String more, String field, String value, String reason) {
    assertThat(refusal(TRACK.formatted(more))).isEqualTo(new Refusal(field, value, reason));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                              | type      | required",
        "{'type':'song'}                                 | type      | one of artist, album, track",
        "{'type':'track','title':'t'}                    | track_id  | required",
        "{'type':'track','track_id':'%s'}                | title     | required",
        "{'type':'track','track_id':'%s','title':'  '}   | title     | text of 1 to 1000 characters",
        "{'type':'artist','artist_id':'%s'}              | name      | required",
        "{'type':'album','title':'t'}                    | album_id  | required",
        "[]                                              | ''        | an object",
        "7                                               | ''        | an object",
        "{} {}                                           | type      | required",
        "{                                               | ''        | JSON; it is wrong at column 2",
      })
  void aLineThatIsNoThingIsRefused(String line, String field, String reason) {
    Refusal refusal = refusal(line.formatted(A));
    assertThat(refusal.field()).isEqualTo(field);
    assertThat(refusal.reason()).isEqualTo(reason);
  }

  @Test
  void somethingAfterTheObjectIsRefused() {
    assertThat(refusal(TRACK.formatted("") + " {}").reason())
        .isEqualTo("one JSON object; something follows it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2019", "2019-05", "2020-02-29", "0001"})
  void datesAreAsPreciseAsTheyAreKnown(String date) throws Exception {
    assertThat(
            ((CatalogEntry.OfAlbum)
                    read(
                        "{'type':'album','album_id':'%s','title':'t','release_date':'%s'}"
                            .formatted(A, date)))
                .album()
                .getReleaseDate())
        .isEqualTo(date);
  }

  @ParameterizedTest
  @ValueSource(strings = {"19", "2019-5", "2019-13", "2019-02-29", "2019-05-01T00:00:00Z", ""})
  void datesThatAreNoneAreRefused(String date) {
    assertThat(
            refusal(
                    "{'type':'album','album_id':'%s','title':'t','release_date':'%s'}"
                        .formatted(A, date))
                .field())
        .isEqualTo("release_date");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "cover.jpg",
        "/cover.jpg",
        "//a.example/c",
        "ftp://a.example/c",
        "http:c",
        "https:///c",
        "https://a.example/a b",
        "https://a.example/\u00fc",
        "javascript:alert(1)",
        "/covers/../640.jpg",
        "/covers/0123456789abcdef0123456789abcdef/640.png"
      })
  void coversThatAreNoUrlAreRefused(String url) {
    Refusal refusal =
        refusal("{'type':'album','album_id':'%s','title':'t','cover_url':'%s'}".formatted(A, url));

    assertThat(refusal)
        .isEqualTo(
            new Refusal(
                "cover_url", url, "an absolute URL, http or https, or a cover's path here"));
  }

  @Test
  void aCoverMayBeOneThatIsKeptHere() throws Exception {
    String line =
        "{'type':'album','album_id':'%s','title':'t','cover_url':'/covers/%s/640.jpg'}"
            .formatted(A, "0123456789abcdef".repeat(2));

    assertThat(read(line)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0123456789abcdef", "0123456789ABCDEF0123456789abcdef", "../../etc/passwd", ""})
  void soundsThatAreNoContentAreRefused(String sound) {
    assertThat(refusal(TRACK.formatted(",'sound':'" + sound + "'")))
        .isEqualTo(new Refusal("sound", sound, "32 hexadecimal digits in small letters"));
  }

  @Test
  void longTextsAreBounded() throws Exception {
    String artist = "{'type':'artist','artist_id':'%s','name':'n','bio':'%s'}";
    String album =
        "{'type':'album','album_id':'%s','title':'t','cover_url':'https://a.example/%s'}";

    assertThat(read(artist.formatted(A, "\u00fc".repeat(20_000)))).isNotNull();
    assertThat(refusal(artist.formatted(A, "x".repeat(20_001))).reason())
        .isEqualTo("text of 1 to 20000 characters");
    assertThat(refusal(artist.formatted(A, "a\\u0000b")).reason())
        .isEqualTo("text without control characters and halves of surrogate pairs");
    assertThat(read(album.formatted(A, "x".repeat(2_000 - 18)))).isNotNull();
    assertThat(refusal(album.formatted(A, "x".repeat(2_001 - 18))).reason())
        .isEqualTo("text of at most 2000 characters");
  }

  @Test
  void listsAreBounded() throws Exception {
    assertThat(read(TRACK.formatted(",'artist_ids':[" + ids(50) + "]"))).isNotNull();
    assertThat(refusal(TRACK.formatted(",'artist_ids':[" + ids(51) + "]")).reason())
        .isEqualTo("a list of at most 50");
    assertThat(refusal(TRACK.formatted(",'genres':[" + "'a',".repeat(30) + "'a']")).reason())
        .isEqualTo("a list of at most 30");
    assertThat(refusal(TRACK.formatted(",'countries':[" + "'AU',".repeat(250) + "'AU']")).reason())
        .isEqualTo("a list of at most 250");
    assertThat(
            refusal("{'type':'artist','artist_id':'%s','name':'%s'}".formatted(A, "x".repeat(1001)))
                .value())
        .isEqualTo("x".repeat(64) + "…");
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] bytes = {'{', '"', (byte) 0xc0, (byte) 0x80, '"', ':', '1', '}'};
    assertThatThrownBy(() -> new CatalogLine(100).read(bytes, 0, bytes.length, NOW))
        .isInstanceOf(RefusedException.class)
        .hasMessage("UTF-8");
  }

  @Property
  void anyBytesAreReadOrRefused(@ForAll byte[] bytes) {
    try {
      new CatalogLine(bytes.length).read(bytes, 0, bytes.length, NOW);
    } catch (RefusedException e) {
      assertThat(e.refusal().reason()).isNotEmpty();
    }
  }

  private static String ids(int number) {
    return IntStream.range(0, number)
        .mapToObj(i -> "'" + new UUID(3, i) + "'")
        .collect(Collectors.joining(","));
  }

  private static Track track(String line) throws RefusedException {
    return ((CatalogEntry.OfTrack) read(line)).track();
  }

  private static Refusal refusal(String line) {
    return catchThrowableOfType(RefusedException.class, () -> read(line)).refusal();
  }

  private static CatalogEntry read(String singleQuoted) throws RefusedException {
    byte[] bytes = singleQuoted.replace('\'', '"').getBytes(UTF_8);
    return new CatalogLine(64 << 10).read(bytes, 0, bytes.length, NOW);
  }
}
