SELECT toString(toUnixTimestamp(toDateTime(month, 'UTC'))) AS month,
  toString(toUnixTimestamp(toDateTime(addMonths(month, 1), 'UTC'))) AS next, toString(sum(c)) AS rows
FROM
(
  SELECT toStartOfMonth(received_at) AS month, count() AS c FROM whodid.spans GROUP BY month
  UNION ALL SELECT toStartOfMonth(received_at), 0 FROM whodid.actions GROUP BY toStartOfMonth(received_at)
  UNION ALL SELECT toStartOfMonth(received_at), 0 FROM whodid.acts GROUP BY toStartOfMonth(received_at)
  UNION ALL SELECT toStartOfMonth(received_at), 0 FROM whodid.threads GROUP BY toStartOfMonth(received_at)
)
GROUP BY month ORDER BY month 
FORMAT JSONEachRow
