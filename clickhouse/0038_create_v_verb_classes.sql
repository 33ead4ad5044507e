-- The classes that verbs fall into, one row for each word and its past tense: two words of one class may name one act. The same as in
-- packages/reconcile/src/event/verb-class.ts; a test holds the two together.
CREATE OR REPLACE VIEW whodid.v_verb_classes
SQL SECURITY INVOKER
AS
SELECT DISTINCT listed.1 AS class, arrayJoin(arrayFlatten(arrayMap(word -> [word, concat(word, 'd'), concat(word, 'ed')], splitByChar(' ', listed.2)))) AS word
FROM
(
    SELECT arrayJoin([
        ('create', 'create insert add open opened post put upload publish copy fork register generate import'),
        ('read', 'read get list select view fetch search describe head show count scan download lookup watch export clone pull access'),
        ('update', 'update patch merge merged edit modify set close closed reopen rename push commit alter replace upsert assign attach detach enable disable restore move change transfer rotate'),
        ('delete', 'delete drop truncate remove removed destroy purge terminate revoke cancel'),
        ('execute', 'execute run exec call invoke start stop trigger dispatch assume connect deploy job'),
        ('send', 'send message reply notify email'),
        ('approve', 'approve grant accept authorize allow invite review')
    ]) AS listed
)
