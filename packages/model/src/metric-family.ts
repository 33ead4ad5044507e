/** One metric of a service, in Prometheus' terms. */
export interface MetricFamily {
  /** Such as `whodid_log_bytes`; of letters, digits and `_`. A counter's ends in `_total`. */
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** One sentence, without a line break. */
  readonly help: string
  readonly samples: readonly MetricSample[]
}

/** One value of a measure. */
export interface MetricSample {
  /** The suffix of the family's name: `_bucket`, `_sum`, `_count`; default nothing. */
  readonly suffix?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}
