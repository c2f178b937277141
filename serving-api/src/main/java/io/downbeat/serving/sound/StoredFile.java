package io.downbeat.serving.sound;

import java.io.Closeable;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/** A file of the store of sounds, which never changes. Thread-safe. */
interface StoredFile extends Closeable {

  HttpField contentType();

  /** A strong ETag, with its quotation marks. */
  HttpField tag();

  /** In bytes. */
  long length();

  /**
   * Writes some of it, as the last that is written; no thread waits for who reads.
   *
   * @param from from 0
   * @param count within the file
   */
  void write(Request request, Content.Sink sink, long from, long count, Callback callback);
}
