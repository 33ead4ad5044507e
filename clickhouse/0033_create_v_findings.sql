-- The findings, one row each: a rule and a subject. `state` follows from the newest decision: a hit that is found after an acknowledgement
-- opens the finding again, and a suppression ends at its end. Runs with the caller's rights.
CREATE OR REPLACE VIEW whodid.v_findings
SQL SECURITY INVOKER
AS
SELECT
    found.tenant AS tenant, found.finding_id AS finding_id, found.rule AS rule, found.rule_version AS rule_version,
    found.severity AS severity, found.subject AS subject, found.first_acted_at AS first_acted_at, found.last_acted_at AS last_acted_at,
    found.first_found_at AS first_found_at, found.last_found_at AS last_found_at, found.hits AS hits, found.text AS text,
    multiIf(
        decided.action = 'acknowledge' AND found.last_found_at <= decided.decided_at, 'acknowledged',
        decided.action = 'suppress' AND decided.until > now64(9), 'suppressed',
        'open') AS state,
    decided.action AS decision, decided.decided_at AS decided_at, decided.reader AS decided_by, decided.reason AS reason,
    decided.until AS suppressed_until
FROM
(
    SELECT
        tenant, finding_id,
        any(f.rule) AS rule,
        argMax(f.rule_version, f.found_at) AS rule_version,
        argMax(f.severity, f.found_at) AS severity,
        any(f.subject) AS subject,
        min(f.acted_at) AS first_acted_at,
        max(f.acted_at) AS last_acted_at,
        min(f.found_at) AS first_found_at,
        max(f.found_at) AS last_found_at,
        uniqExact(f.hit_id) AS hits,
        argMax(f.text, (f.found_at, f.acted_at)) AS text
    FROM whodid.findings AS f
    GROUP BY tenant, finding_id
) AS found
LEFT JOIN
(
    SELECT
        tenant, finding_id,
        argMax(t.action, (t.decided_at, t.triage_id)) AS action,
        argMax(t.reader, (t.decided_at, t.triage_id)) AS reader,
        argMax(t.reason, (t.decided_at, t.triage_id)) AS reason,
        argMax(t.until, (t.decided_at, t.triage_id)) AS until,
        max(t.decided_at) AS decided_at
    FROM whodid.finding_triage AS t
    GROUP BY tenant, finding_id
) AS decided ON found.tenant = decided.tenant AND found.finding_id = decided.finding_id
