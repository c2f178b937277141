package io.downbeat.schemas.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class UuidsTest {

  @Test
  void namedIdIsTheExampleOfRfc9562() {
    UUID dns = UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
    assertThat(Uuids.named(dns, "www.example.com"))
        .hasToString("2ed6657d-e927-568b-95e1-2665a8aea6a2");
  }

  @Property
  void bytesGoBackToTheSameId(@ForAll long high, @ForAll long low) {
    UUID id = new UUID(high, low);
    assertThat(Uuids.fromBytes(Uuids.toBytes(id))).isEqualTo(id);
  }

  @Test
  void fifteenBytesAreNoId() {
    assertThatThrownBy(() -> Uuids.fromBytes(new byte[15]))
        .hasMessage("A UUID has 16 bytes, not 15");
  }

  @Test
  void genreIsTheSameInAnyCase() {
    assertThat(GenreId.of(" Dance Pop")).isEqualTo(GenreId.of("dance pop"));
    assertThat(GenreId.of("dance")).isNotEqualTo(GenreId.of("dance pop"));
  }

  @Test
  void playIdFollowsDeviceAndSequence() {
    UUID device = UUID.fromString("9b2f0c0e-53a1-4b7c-8a9e-0d6d6a0b7c55");
    assertThat(PlayId.of(device, 7)).isEqualTo(Uuids.named(device, "7"));
    assertThat(PlayId.of(device, 8)).isNotEqualTo(PlayId.of(device, 7));
  }
}
