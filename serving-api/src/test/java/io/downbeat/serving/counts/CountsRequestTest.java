package io.downbeat.serving.counts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.downbeat.schemas.rules.Granularity;
import io.downbeat.serving.http.Problem;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CountsRequestTest {
  private static final Instant NOW = Instant.parse("2026-03-10T15:42:07.5Z");

  @Test
  void withoutParametersItIsTheTotalOfAllTime() {
    assertThat(CountsRequest.of(Map.of(), NOW)).isEqualTo(new CountsRequest.Total());
    assertThat(of("granularity=all")).isEqualTo(new CountsRequest.Total());
  }

  @ParameterizedTest
  @CsvSource({
    // the last 48 hours and 30 days, this one included
    "granularity=hour,                                    2026-03-08T16:00:00Z, 2026-03-10T16:00:00Z",
    "granularity=day,                                     2026-02-09T00:00:00Z, 2026-03-11T00:00:00Z",
    // whole buckets: all that the span touches
    "granularity=hour&from=2026-01-01&to=2026-01-02,      2026-01-01T00:00:00Z, 2026-01-02T00:00:00Z",
    "granularity=hour&from=2026-01-01T10:59:59Z&to=2026-01-01T11:00:00.001Z, 2026-01-01T10:00:00Z, 2026-01-01T12:00:00Z",
    "granularity=hour&from=2026-01-01T10:00:00Z&to=2026-01-01T11:00:00Z,     2026-01-01T10:00:00Z, 2026-01-01T11:00:00Z",
    "granularity=day&from=2025-12-31T23:00:00Z&to=2026-01-01T00:00:01Z,      2025-12-31T00:00:00Z, 2026-01-02T00:00:00Z",
    // other offsets
    "granularity=hour&from=2026-01-01T00:30:00+01:00&to=2026-01-01T01:00:00+01:00, 2025-12-31T23:00:00Z, 2026-01-01T00:00:00Z",
    "granularity=day&from=2026-01-01t00:00:00z&to=2026-01-02, 2026-01-01T00:00:00Z, 2026-01-02T00:00:00Z",
    // one bound
    "granularity=hour&from=2026-03-10T14:10:00Z,          2026-03-10T14:00:00Z, 2026-03-10T16:00:00Z",
    "granularity=hour&to=2026-01-03,                      2026-01-01T00:00:00Z, 2026-01-03T00:00:00Z",
    "granularity=day&to=2026-01-31,                       2026-01-01T00:00:00Z, 2026-01-31T00:00:00Z",
    // the first and the last times there are
    "granularity=day&from=1970-01-01&to=1970-01-02,       1970-01-01T00:00:00Z, 1970-01-02T00:00:00Z",
    "granularity=day&to=1970-01-03,                       1970-01-01T00:00:00Z, 1970-01-03T00:00:00Z",
    "granularity=hour&from=9999-12-30&to=9999-12-31,      9999-12-30T00:00:00Z, 9999-12-31T00:00:00Z",
    // just ten thousand
    "granularity=hour&from=2024-11-01&to=2025-12-22T16:00:00Z, 2024-11-01T00:00:00Z, 2025-12-22T16:00:00Z",
  })
  void aPeriodIsOfWholeBuckets(String query, Instant from, Instant to) {
    Granularity granularity = query.contains("=hour") ? Granularity.HOUR : Granularity.DAY;
    assertThat(of(query)).isEqualTo(new CountsRequest.Buckets(new Period(granularity, from, to)));
  }

  @ParameterizedTest
  @CsvSource({
    "granularity=week,                                granularity, week",
    "granularity=HOUR,                                granularity, HOUR",
    "granularity=,                                    granularity, ''",
    "from=2026-01-01,                                 from,        2026-01-01",
    "granularity=all&to=2026-01-01,                   to,          2026-01-01",
    "granularity=hour&from=yesterday,                 from,        yesterday",
    "granularity=hour&from=,                          from,        ''",
    "granularity=hour&from=2026-02-30,                from,        2026-02-30",
    "granularity=hour&from=2026-01-01T10:00:00,       from,        2026-01-01T10:00:00",
    "granularity=hour&to=1767225600,                  to,          1767225600",
    "granularity=hour&from=1969-12-31,                from,        1969-12-31",
    "granularity=hour&to=+10000-01-01T00:00:00Z,      to,          +10000-01-01T00:00:00Z",
    "granularity=day&to=1970-01-01,                   to,          1970-01-01",
    "granularity=hour&from=2026-01-02&to=2026-01-02,  from,        2026-01-02",
    "granularity=hour&from=2026-01-03&to=2026-01-02,  from,        2026-01-03",
    "granularity=day&from=2026-03-11,                 from,        2026-03-11",
    // ten thousand and one
    "granularity=hour&from=2024-11-01&to=2025-12-22T16:00:00.001Z, from, 2024-11-01",
    "granularity=day&from=1970-01-01,                 from,        1970-01-01",
    "granularity=hour&form=2026-01-01,                form,        2026-01-01",
    "granularity=hour&granularity=day,                granularity, 'hour, day'",
  })
  void whatBreaksARuleIsNamedWithItsValue(String query, String field, String value) {
    Problem problem = catchThrowableOfType(Problem.class, () -> of(query));

    assertThat(problem).isNotNull();
    assertThat(problem.status()).isEqualTo(422);
    assertThat(problem.members()).containsEntry("field", field).containsEntry("value", value);
    assertThat(problem).hasMessageContaining(field.equals("form") ? "from" : field);
  }

  private static CountsRequest of(String query) {
    Map<String, List<String>> values =
        Arrays.stream(query.split("&"))
            .map(each -> each.split("=", 2))
            .collect(
                Collectors.groupingBy(
                    each -> each[0], Collectors.mapping(each -> each[1], Collectors.toList())));
    return CountsRequest.of(values, NOW);
  }
}
