-- "Who did this?" with a handle alone, as a person types it: SELECT verdict, instance, delegator FROM whodid.who_did(of = '…').
-- Bare hex is a trace or a span, anything without a known prefix a resource. URLs must be in their canonical form already
-- (github:pull:acme/app/812): the API and the CLI normalize, SQL does not.
CREATE OR REPLACE VIEW whodid.who_did
SQL SECURITY INVOKER
AS
SELECT *
FROM whodid.who_did_when(
    kind = multiIf(
        match({of:String}, '^(trace|span|action|instance|template|delegator|correlation|credential|resource|session|conversation|tool|prompt):'), substring({of:String}, 1, position({of:String}, ':') - 1),
        match({of:String}, '^[0-9a-f]{32}$'), 'trace',
        match({of:String}, '^sha256:[0-9a-f]{64}$'), 'prompt',
        match({of:String}, '^[0-9a-f]{32}-[0-9a-f]{16}$'), 'span',
        'resource'
    ),
    id = if(
        match({of:String}, '^(trace|span|action|instance|template|delegator|correlation|credential|resource|session|conversation|tool|prompt):'),
        substring({of:String}, position({of:String}, ':') + 1),
        {of:String}
    ),
    since = '1900-01-01 00:00:00',
    until = '2262-04-11 00:00:00',
    verb = ''
)
