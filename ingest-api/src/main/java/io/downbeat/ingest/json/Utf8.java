package io.downbeat.ingest.json;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Bytes as text, strictly: malformed UTF-8 is refused where a JSON parser would let some of it
 * pass. A byte order mark in front is dropped. Not thread-safe.
 */
public final class Utf8 {

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
  private final CharBuffer chars;

  /**
   * @param mostBytes the most that is ever decoded at once
   */
  public Utf8(int mostBytes) {
    chars = CharBuffer.allocate(mostBytes);
  }

  /** The text, in a buffer with an array, good until the next call. */
  public CharBuffer decode(byte[] bytes, int offset, int length) throws CharacterCodingException {
    chars.clear();
    decoder.reset();
    CoderResult result = decoder.decode(ByteBuffer.wrap(bytes, offset, length), chars, true);
    if (!result.isUnderflow()) {
      result.throwException();
    }
    decoder.flush(chars);
    chars.flip();
    if (chars.hasRemaining() && chars.get(0) == BYTE_ORDER_MARK) {
      chars.position(1);
    }
    return chars;
  }
}
