package io.downbeat.access;

/** A token that speaks for nobody. It says why and never holds the token; without a stack trace. */
public final class InvalidTokenException extends Exception {
  private static final long serialVersionUID = 1;

  /** What is wrong with a token. */
  public enum Reason {
    MALFORMED("is not one of ours"),
    WRONG_ALGORITHM("is not signed with EdDSA"),
    WRONG_TYPE("is not an access token"),
    UNKNOWN_KEY("is signed with an unknown key"),
    WRONG_SIGNATURE("has a wrong signature"),
    WRONG_ISSUER("is from another issuer"),
    MISSING_CLAIM("lacks a claim"),
    EXPIRED("has expired"),
    NOT_YET("is from the future"),
    LIVES_TOO_LONG("lives too long"),
    REVOKED("belongs to a session that is over");

    private final String text;

    Reason(String text) {
      this.text = text;
    }
  }

  private final Reason reason;

  InvalidTokenException(Reason reason) {
    super("The access token " + reason.text, null, false, false);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
