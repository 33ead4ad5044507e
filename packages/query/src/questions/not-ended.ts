/**
 * The condition on `row` that leaves out intents whose outcome is on record: the two are one act. An outcome ends an intent
 * of the same action ID, instance and template that came by the same channel; nobody else's record does.
 *
 * @param table of `whodid`, which is looked through under the name `row`
 * @param condition on `row` that bounds where outcomes are looked for
 */
export function notEnded(table: 'whodid.actions' | 'whodid.spans', condition: string): string {
  const identity = 'row.action_id, row.instance_id, row.template_id, row.channel'
  return `(row.outcome != 'unknown' OR row.action_id = '' OR (${identity}) NOT IN (
        SELECT ${identity} FROM ${table} AS row
        WHERE ${condition} AND row.action_id != '' AND row.outcome NOT IN ('unknown', '')
      ))`
}
