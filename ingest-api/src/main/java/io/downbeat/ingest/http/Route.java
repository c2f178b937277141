package io.downbeat.ingest.http;

import io.javalin.http.Handler;
import io.javalin.http.HandlerType;

/** One method on one path. */
public record Route(HandlerType method, String path, Handler handler) {}
