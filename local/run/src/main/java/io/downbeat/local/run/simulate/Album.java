package io.downbeat.local.run.simulate;

import java.time.LocalDate;
import java.util.UUID;

/** A release of one artist: an album, an EP or a single. */
public record Album(UUID id, String title, Artist artist, LocalDate releaseDate, int totalTracks) {}
