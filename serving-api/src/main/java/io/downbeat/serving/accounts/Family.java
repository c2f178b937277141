package io.downbeat.serving.accounts;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Who is in a listener's family beside its owner, and who may still come.
 *
 * @param invitations neither used nor withdrawn; they may be over
 */
public record Family(List<Member> members, List<Invitation> invitations) {

  public record Member(UUID userId, Instant joinedAt) {}

  public record Invitation(UUID invitationId, Instant expiresAt) {}

  static final Family NONE = new Family(List.of(), List.of());

  public Family {
    members = List.copyOf(members);
    invitations = List.copyOf(invitations);
  }

  Family with(Member member) {
    return new Family(Stream.concat(members.stream(), Stream.of(member)).toList(), invitations);
  }

  Family with(Invitation invitation) {
    return new Family(members, Stream.concat(invitations.stream(), Stream.of(invitation)).toList());
  }
}
