package io.downbeat.local.run.simulate;

import java.util.UUID;

/**
 * Somebody who makes music, in one genre.
 *
 * @param scene which of its genre's circles of listeners it belongs to, from 0: who likes one of a
 *     scene likes the others of it
 */
public record Artist(UUID id, String name, Genre genre, int scene) {}
