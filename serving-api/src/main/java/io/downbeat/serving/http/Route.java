package io.downbeat.serving.http;

import io.javalin.http.Handler;

/** What answers GET and HEAD on one path. */
public record Route(String path, Handler handler) {}
