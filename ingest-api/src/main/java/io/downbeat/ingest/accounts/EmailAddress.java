package io.downbeat.ingest.accounts;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/** E-mail addresses: what is taken for one, and which are the same. */
final class EmailAddress {
  static final int LONGEST = 254;
  static final String RULE = "an e-mail address of at most " + LONGEST + " characters";

  /** Loose on purpose: whether it exists only a mail to it can tell. */
  private static final Pattern FORM =
      Pattern.compile("[^\\s@\\p{Cntrl}\"(),:;<>\\[\\\\\\]]{1,64}@[^\\s@\\p{Cntrl}]{1,189}");

  private EmailAddress() {}

  static boolean isOne(String text) {
    return text.length() <= LONGEST && FORM.matcher(text).matches();
  }

  /** The form that is equal for addresses that are the same. */
  static String claimed(String email) {
    return Normalizer.normalize(email, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
  }
}
