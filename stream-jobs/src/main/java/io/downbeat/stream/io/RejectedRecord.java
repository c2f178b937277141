package io.downbeat.stream.io;

/**
 * A record of the log that could not be used.
 *
 * @param reason names the field, its value and the rule
 */
public record RejectedRecord(LogRecord record, String reason) {}
