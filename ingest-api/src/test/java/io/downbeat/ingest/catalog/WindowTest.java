package io.downbeat.ingest.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.ingest.log.Log.Acknowledgement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class WindowTest {

  @Test
  void itAdmitsWhatFitsAndSettlesWhenAllIsAcknowledged() throws Exception {
    Window window = new Window(100, Duration.ofMillis(50));
    Acknowledgement first = window.admit(60);
    Acknowledgement second = window.admit(40);

    first.done(null);
    second.done(null);

    assertThat(window.settled()).isTrue();
    assertThat(window.acknowledged()).isEqualTo(2);
  }

  @Test
  void withoutRoomInTimeItGivesUp() throws Exception {
    Window window = new Window(100, Duration.ofMillis(50));
    Acknowledgement first = window.admit(60);

    assertThat(window.admit(60)).isNull();
    first.done(null);
    assertThat(window.admit(1)).isNull();
    assertThat(window.settled()).isFalse();
    assertThat(window.acknowledged()).isEqualTo(1);
  }

  @Test
  void afterAFailureItAdmitsNothing() throws Exception {
    Window window = new Window(100, Duration.ofMillis(50));
    window.admit(60).done(new IllegalStateException("away"));

    assertThat(window.admit(1)).isNull();
    assertThat(window.settled()).isFalse();
    assertThat(window.acknowledged()).isZero();
  }
}
