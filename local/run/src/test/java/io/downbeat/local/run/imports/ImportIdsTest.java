package io.downbeat.local.run.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ImportIdsTest {

  @Test
  void namesAreTheSameWithoutRegardToCaseOuterBlanksAndUnicodeForm() {
    assertThat(ImportIds.artist(" BEYONC\u00c9 ")).isEqualTo(ImportIds.artist("Beyonce\u0301"));
    assertThat(ImportIds.track("A ", "b")).isEqualTo(ImportIds.track("a", " B"));
    assertThat(ImportIds.listener(" ")).isEqualTo(ImportIds.listener(""));
    assertThat(ImportIds.track("a", "b  c")).isNotEqualTo(ImportIds.track("a", "b c"));
  }

  @Test
  void theSameNameIsAnotherIdInEachKind() {
    assertThat(
            Set.of(
                ImportIds.artist("x"),
                ImportIds.listener("x"),
                ImportIds.album("", "x"),
                ImportIds.track("", "x"),
                ImportIds.track("x", ""),
                ImportIds.foreignArtist("x"),
                ImportIds.foreignAlbum("x"),
                ImportIds.foreignTrack("x"),
                ImportIds.radioPlay("", "", "x", "", "", ""),
                ImportIds.radioPlay("", "", "", "x", "", "")))
        .hasSize(10)
        .allSatisfy(id -> assertThat(id.version()).isEqualTo(5));
  }

  @Test
  void idsAreWhatTheyWereWhenTheFirstFilesWereImported() {
    // uuid.uuid5(namespace, name) of Python's standard library.
    assertThat(ImportIds.artist("Beyoncé"))
        .isEqualTo(UUID.fromString("b8be215b-a878-50d6-854b-7aafdd7d0a69"));
    assertThat(ImportIds.track("Band Of Skulls", "Bruises"))
        .isEqualTo(UUID.fromString("37550167-87f8-595d-bf26-3fed49e92437"));
    assertThat(
            ImportIds.radioPlay("2012-02-07T08:50:30", "Mornings with Zan", "A", "b", " ", "212"))
        .isEqualTo(UUID.fromString("76e03573-3ff9-534d-bc7b-a8e34363087c"));
  }
}
