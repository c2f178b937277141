package io.downbeat.stream.counts;

/** What is to be added to a bucket. */
public record Addition(Bucket bucket, Heard heard) {}
