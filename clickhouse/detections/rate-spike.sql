-- id: rate-spike
-- version: 1
-- title: An agent acts many times as often as at this time of day
-- severity: high
-- owasp: ASI08 ASI10
-- atlas: AML.T0034.002
-- every: 60
-- question: Which agents did many times as much in an hour as in their hours of the last 14 days?
-- limits: Hours are the clock's, in UTC; night is 22 to 6. An agent without `hours_min` hours of work has no habit. A new job that is large is a hit.
-- advice: Pause the template, see what the acts touched (`whodid blast-radius`), and set a rate limit where it acts.
-- expects: 2
-- threshold: acts_min UInt64 200 acts in the hour
-- threshold: factor Float64 10 times the median of the agent's hours
-- threshold: hours_min UInt64 12 earlier hours of work that make a habit
SELECT
    concat('template:', template_id) AS subject,
    toString(hour) AS hit,
    first_ts AS acted_at,
    concat('The agent ', template_id, ' did ', toString(acts), ' acts in the hour from ', formatDateTime(hour, '%F %R'), ' UTC; in such hours it does ', toString(round(usual, 1)), '.') AS text,
    refs AS spans,
    map('acts', toString(acts), 'median', toString(usual), 'hours', toString(hours), 'night', toString(is_night)) AS measured
FROM
(
    SELECT
        template_id, hour, acts, first_ts, refs, is_new, is_night, hours,
        if(same_hours >= 5, same_median, all_median) AS usual
    FROM
    (
        SELECT
            *,
            countIf(NOT is_new) OVER (PARTITION BY template_id) AS hours,
            countIf(NOT is_new) OVER (PARTITION BY template_id, is_night) AS same_hours,
            medianExactIf(acts, NOT is_new) OVER (PARTITION BY template_id) AS all_median,
            medianExactIf(acts, NOT is_new) OVER (PARTITION BY template_id, is_night) AS same_median
        FROM
        (
            SELECT
                template_id,
                toStartOfHour(ts) AS hour,
                uniqExact(act) AS acts,
                min(ts) AS first_ts,
                groupArray(10)(concat(trace, '-', span)) AS refs,
                toHour(hour) >= 22 OR toHour(hour) < 6 AS is_night,
                max(received_at) > {since:DateTime64(9, 'UTC')} AS is_new
            FROM whodid.v_acts
            WHERE ts > {since:DateTime64(9, 'UTC')} - INTERVAL 14 DAY AND received_at <= {until:DateTime64(9, 'UTC')}
                AND template_id != '' AND verdict = 'agent'
                AND template_id IN
                (
                    SELECT template_id
                    FROM whodid.v_acts
                    WHERE received_at > {since:DateTime64(9, 'UTC')} AND received_at <= {until:DateTime64(9, 'UTC')} AND template_id != ''
                )
            GROUP BY template_id, hour
        )
    )
)
WHERE is_new AND hours >= {hours_min:UInt64} AND acts >= {acts_min:UInt64} AND acts >= {factor:Float64} * usual
