package io.downbeat.local.run.supervise;

import java.util.Set;

/**
 * One thing that the supervisor keeps running.
 *
 * @param needs the parts that must have been ready once before it starts for the first time; it is
 *     stopped before them
 */
public record Part(String name, Set<String> needs, Child child) {
  public Part {
    needs = Set.copyOf(needs);
  }
}
