package io.downbeat.bench.delivery;

import io.downbeat.bench.machine.Nginx;
import java.io.IOException;

/** The yardstick: the files by their paths, asked of nobody's right. */
record NginxSender(Nginx nginx, int port) implements Sender {
  @Override
  public String name() {
    return "nginx";
  }

  @Override
  public String target(int file) {
    return "/" + SoundFiles.path(file);
  }

  @Override
  public double cpuSeconds() throws IOException {
    return nginx.cpuSeconds();
  }

  @Override
  public long residentBytes() throws IOException {
    return nginx.residentBytes();
  }

  @Override
  public long heapBytes() {
    return 0;
  }
}
