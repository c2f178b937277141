package io.downbeat.local.servers.jvm;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;
import sun.misc.Signal;

/**
 * The first main class of every child JVM: {@code <owner pid> <main class> <arguments>}. It ends
 * the JVM within a second of its owner's end, however the owner ended, and leaves Ctrl-C in a
 * terminal to the owner, who stops its children in order. It needs no class but the JDK's.
 */
public final class Guarded {
  private static final long LOOK_MILLIS = 500;

  private Guarded() {}

  public static void main(String[] args) throws Throwable {
    Signal.handle(new Signal("INT"), signal -> {});
    Optional<ProcessHandle> owner = ProcessHandle.of(Long.parseLong(args[0]));
    Thread watch = new Thread(() -> haltAfter(owner), "owner-watch");
    watch.setDaemon(true);
    watch.start();
    Method main = Class.forName(args[1]).getMethod("main", String[].class);
    main.setAccessible(true);
    try {
      main.invoke(null, (Object) Arrays.copyOfRange(args, 2, args.length));
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static void haltAfter(Optional<ProcessHandle> owner) {
    boolean named = owner.isPresent() && isNamed(owner.get());
    while (owner.isPresent() && owner.get().isAlive() && isNamed(owner.get()) == named) {
      try {
        Thread.sleep(LOOK_MILLIS);
      } catch (InterruptedException e) {
        break;
      }
    }
    System.err.println("The process that owns this one is gone: ending.");
    Runtime.getRuntime().halt(1);
  }

  /**
   * A process that has ended loses its command at once, but stays listed until its parent, or init,
   * has noticed.
   */
  private static boolean isNamed(ProcessHandle process) {
    return process.info().command().isPresent();
  }
}
