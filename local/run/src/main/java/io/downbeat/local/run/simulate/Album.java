package io.downbeat.local.run.simulate;

import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A release of one artist: an album, an EP or a single.
 *
 * @param countries where its tracks are available; null for everywhere
 */
public record Album(
    UUID id,
    String title,
    Artist artist,
    LocalDate releaseDate,
    int totalTracks,
    @Nullable List<String> countries) {}
