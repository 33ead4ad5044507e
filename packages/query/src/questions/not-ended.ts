/**
 * The condition on `row` that leaves out intents whose outcome is on record: the two are one act. An outcome ends an intent
 * of the same action ID and actor that came by the same channel; nobody else's record does.
 *
 * @param table of `whodid`, which is looked through under the name `row`
 * @param condition on `row` that bounds where outcomes are looked for
 */
export function notEnded(table: 'whodid.actions' | 'whodid.spans', condition: string): string {
  const actor =
    "row.actor_type, multiIf(row.actor_type = 'human', row.user_id, row.actor_type = 'service', row.service_name, '')"
  // Of exporters that are bound to nobody none has more right to an actor than another.
  const sender = table === 'whodid.spans' ? ", if(row.channel = 'entitled', '', row.exporter)" : ''
  const identity = `row.action_id, row.instance_id, row.template_id, ${actor}, row.channel${sender}`
  return `(row.outcome != 'unknown' OR row.action_id = '' OR (${identity}) NOT IN (
        SELECT ${identity} FROM ${table} AS row
        WHERE ${condition} AND row.action_id != '' AND row.outcome NOT IN ('unknown', '')
      ))`
}
