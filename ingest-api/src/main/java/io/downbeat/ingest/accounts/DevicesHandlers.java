package io.downbeat.ingest.accounts;

import static io.downbeat.ingest.http.HttpServer.answer;

import io.downbeat.access.AccessToken;
import io.downbeat.ingest.accounts.Account.Device;
import io.downbeat.ingest.accounts.Account.DeviceType;
import io.downbeat.ingest.accounts.Accounts.NewDevice;
import io.downbeat.ingest.http.Callers;
import io.downbeat.ingest.http.IdempotencyKey;
import io.downbeat.ingest.http.Ids;
import io.downbeat.ingest.http.JsonBody;
import io.downbeat.ingest.json.Fields;
import io.downbeat.ingest.json.RefusedException;
import io.downbeat.schemas.avro.SecurityEventType;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Devices over HTTP. Thread-safe; no thread waits. */
public final class DevicesHandlers {
  private static final Map<String, DeviceType> TYPES =
      Arrays.stream(DeviceType.values())
          .collect(
              Collectors.toMap(type -> type.name().toLowerCase(Locale.ROOT), Function.identity()));
  private static final String TYPES_RULE = "one of mobile, desktop, web, speaker, tv";

  private record DeviceView(UUID deviceId, String type, String name, String createdAt) {
    static DeviceView of(Device device) {
      return new DeviceView(
          device.deviceId(),
          device.type().name().toLowerCase(Locale.ROOT),
          device.name(),
          device.createdAt().toString());
    }
  }

  private final AccountStore accounts;
  private final Callers callers;
  private final SecurityLog security;

  public DevicesHandlers(AccountStore accounts, Callers callers, SecurityLog security) {
    this.accounts = accounts;
    this.callers = callers;
    this.security = security;
  }

  /** {@code POST /v1/devices}. */
  public void addDevice(Context ctx) {
    AccessToken caller = callers.signedIn(ctx);
    String key = IdempotencyKey.of(ctx);
    JsonBody.take(
        ctx,
        fields -> device(fields, false),
        wanted ->
            accounts
                .addDevice(caller.userId(), wanted, key)
                .thenAccept(device -> answer(ctx, 201, DeviceView.of(device))));
  }

  /** {@code PATCH /v1/devices/{id}}. */
  public void nameDevice(Context ctx) {
    AccessToken caller = callers.signedIn(ctx);
    UUID deviceId = Ids.inPath(ctx, "id");
    JsonBody.take(
        ctx,
        fields -> {
          String name = null;
          for (String field = fields.next(); field != null; field = fields.next()) {
            switch (field) {
              case "name" -> name = fields.name(Accounts.LONGEST_NAME);
              default -> throw fields.unknown();
            }
          }
          return fields.required("name", name);
        },
        name ->
            accounts
                .nameDevice(caller.userId(), deviceId, name)
                .thenAccept(device -> answer(ctx, 200, DeviceView.of(device))));
  }

  /** {@code DELETE /v1/devices/{id}}. */
  public void removeDevice(Context ctx) {
    AccessToken caller = callers.signedIn(ctx);
    UUID deviceId = Ids.inPath(ctx, "id");
    ctx.future(
        () ->
            accounts
                .removeDevice(caller.userId(), deviceId)
                .thenAccept(
                    done -> {
                      security.note(SecurityEventType.DEVICE_REMOVED, caller.userId(), deviceId);
                      ctx.status(204);
                    }));
  }

  static NewDevice device(Fields fields, boolean replacing) throws IOException, RefusedException {
    UUID deviceId = null;
    DeviceType type = null;
    String name = null;
    UUID replaces = null;
    for (String field = fields.next(); field != null; field = fields.next()) {
      switch (field) {
        case "device_id" -> deviceId = fields.uuid();
        case "type" -> type = fields.oneOf(TYPES, TYPES_RULE);
        case "name" -> name = fields.name(Accounts.LONGEST_NAME);
        case "replaces" -> {
          if (!replacing) {
            throw fields.unknown();
          }
          replaces = fields.uuid();
        }
        default -> throw fields.unknown();
      }
    }
    return new NewDevice(
        deviceId, fields.required("type", type), fields.required("name", name), replaces);
  }
}
