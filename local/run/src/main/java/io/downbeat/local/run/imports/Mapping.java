package io.downbeat.local.run.imports;

import java.io.IOException;
import java.util.List;

/**
 * From a record to the JSON objects that are sent for it. May remember earlier records: one mapping
 * per file, one thread.
 */
@FunctionalInterface
interface Mapping {

  /**
   * @throws Unfit if the record can't be sent
   * @throws CannotImport if the whole file can't
   */
  List<String> map(Records.Raw raw) throws IOException;
}
