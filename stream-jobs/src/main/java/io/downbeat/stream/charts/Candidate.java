package io.downbeat.stream.charts;

import io.downbeat.stream.io.Id;

/**
 * A track's streams in a chart's window, all of them so far.
 *
 * @param streams never fewer than in an earlier candidate of the same chart and track
 */
public record Candidate(ChartKey chart, Id track, long streams) {}
