import type { RecordedAct } from '@whodid/reconcile'

/** A record of an act. */
export interface ActRow {
  readonly act: string
  readonly ref: string
  readonly started: string
  readonly ended: string
  readonly received: string
  readonly verdict: string
  readonly verb: string
  readonly outcome: string
  readonly resource: string
  readonly template: string
  readonly instance: string
  readonly user: string
  readonly delegator: string
  readonly credential: string
  readonly tool_call: string
}

/** Makes acts of their records. Where the records of one act name two actors, nobody is named. */
export function readActs(rows: readonly ActRow[]): RecordedAct[] {
  const groups = new Map<string, [ActRow, ...ActRow[]]>()
  for (const row of rows) {
    const group = groups.get(row.act)
    if (group === undefined) groups.set(row.act, [row])
    else group.push(row)
  }
  return [...groups.values()].map(readAct)
}

function readAct(records: readonly [ActRow, ...ActRow[]]): RecordedAct {
  const named = records.filter(({ verdict }) => verdict !== 'undetermined')
  const actors = new Set(
    named.map(({ verdict, instance, user }) => JSON.stringify([verdict, instance, user])),
  )
  const lead = (actors.size === 1 ? named[0] : undefined) ?? records[0]
  const first = (field: 'verb' | 'resource' | 'credential' | 'tool_call' | 'delegator'): string =>
    records.map((record) => record[field]).find((value) => value !== '') ?? ''
  return {
    id: records[0].act,
    spans: [...new Set(records.map(({ ref }) => ref))],
    startUnixNs: least(records.map(({ started }) => BigInt(started))),
    endUnixNs: -least(records.map(({ ended }) => -BigInt(ended))),
    receivedUnixNs: least(records.map(({ received }) => BigInt(received))),
    verdict: actors.size === 1 ? verdictOf(lead.verdict) : 'undetermined',
    verb: first('verb'),
    outcome: outcomeOf(records),
    resource: first('resource'),
    template: lead.template,
    instance: lead.instance,
    user: lead.user,
    delegator: first('delegator'),
    credential: first('credential'),
    toolCall: first('tool_call'),
  }
}

function least(values: readonly bigint[]): bigint {
  return values.reduce((a, b) => (b < a ? b : a))
}

function verdictOf(text: string): RecordedAct['verdict'] {
  return text === 'agent' || text === 'human' || text === 'service' ? text : 'undetermined'
}

/** The outcome of the records that say one; '' where they differ. An intent's `unknown` says none. */
function outcomeOf(records: readonly ActRow[]): string {
  const outcomes = new Set(records.map(({ outcome }) => outcome))
  for (const none of ['', 'unknown']) outcomes.delete(none)
  const [only] = outcomes
  return outcomes.size === 1 ? (only ?? '') : ''
}
