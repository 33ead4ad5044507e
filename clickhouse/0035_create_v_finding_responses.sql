-- What was done about findings by itself: a row an attempt, with the rule, the severity and the subject of its finding as they are now. Runs
-- with the caller's rights.
CREATE OR REPLACE VIEW whodid.v_finding_responses
SQL SECURITY INVOKER
AS
SELECT
    tried.tenant AS tenant, tried.finding_id AS finding_id, tried.attempted_at AS attempted_at, tried.response AS response,
    tried.kind AS kind, tried.delivery_id AS delivery_id, tried.attempt AS attempt, tried.target AS target, tried.outcome AS outcome,
    tried.error AS error, found.rule AS rule, found.severity AS severity, found.subject AS subject
FROM whodid.finding_responses AS tried
LEFT JOIN
(
    SELECT tenant, finding_id, any(f.rule) AS rule, argMax(f.severity, f.found_at) AS severity, any(f.subject) AS subject
    FROM whodid.findings AS f
    GROUP BY tenant, finding_id
) AS found ON tried.tenant = found.tenant AND tried.finding_id = found.finding_id
