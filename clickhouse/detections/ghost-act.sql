-- id: ghost-act
-- version: 1
-- title: An act under a person's name was an agent's
-- severity: high
-- owasp: ASI03 ASI10
-- atlas: AML.T0012
-- every: 0
-- needs: imports
-- question: Which acts stand under a person's account in another system's log, and were done by an agent?
-- limits: It needs the log (`whodid import`). An agent's record must join the event (the rules of `whodid ghosts`), or the system itself must
--   state the agent: a mark that any client can write is not enough. A record that came a day after its event is found by `whodid ghosts` alone.
-- advice: See the acts with `whodid ghosts`. Give the agent an identity of its own in that system, and take the person's credential from it.
-- expects: 9
SELECT
    concat('person:', person) AS subject,
    if(agent = '', concat('marked:', stated), agent) AS hit,
    min(ts) AS acted_at,
    concat('The log of ', any(log_system), ' shows acts of ', any(person), ' that the agent ', if(any(agent) = '', any(stated), any(agent)), ' did.') AS text,
    arrayDistinct(arrayFlatten(groupArray(5)(arraySlice(arrayConcat([event], record_spans), 1, 4)))) AS spans,
    map(
        'acts', toString(count()), 'operations', arrayStringConcat(arraySort(groupUniqArray(5)(operation)), ', '),
        'resources', toString(uniqExact(resource_id)),
        'joined_by', arrayStringConcat(arraySort(groupUniqArray(['what the system states', 'span', 'action', 'trace', 'instance', 'credential', 'tool call', 'thing, verb and account'][rule + 1])), ', '),
        'credential', any(credential_id)) AS measured
FROM
(
    SELECT *, arrayFirst(mark -> mark[1] = 'system', marks)[3] AS stated
    FROM whodid.v_event_records(since = {since:DateTime64(9, 'UTC')}, until = {until:DateTime64(9, 'UTC')})
)
WHERE person != '' AND outcome NOT IN ('failure', 'denied') AND (agent != '' OR (rule = 0 AND stated != ''))
GROUP BY person, agent, if(agent = '', stated, '') AS stated_agent, hit
