import { leaveNextKey } from '@whodid/collector'
import { openRetentionService } from '@whodid/retention'
import type { RetentionRequest } from '@whodid/retention'
import { spanIdOf } from './clean-ledger.ts'
import type { CleanLedger } from './clean-ledger.ts'
import type { Life } from './start-life.ts'

/** What an operator does to a ledger now and then. */
export type OperatorAct = 'rotate' | 'erase' | 'expire' | 'prune' | 'hold' | 'merge'

const request: RetentionRequest = {
  tenant: 'default',
  requestedBy: 'admin',
  reason: 'clean run',
  caseId: 'C-1',
}

const sixtyDaysNs = 5_184_000_000_000_000n

/** Does it, by way of the collector that runs. What a death interrupts goes on with the next life. */
export async function actOn(
  ledger: CleanLedger,
  life: Life,
  { act, random }: { readonly act: OperatorAct; readonly random: () => number },
): Promise<void> {
  if (act === 'merge') {
    await ledger.engine.dba(`OPTIMIZE TABLE whodid.spans ${random() < 0.5 ? 'FINAL' : ''}`)
    return
  }
  const { collector } = life
  if (collector === undefined) return
  if (act === 'rotate') {
    const overlapMs = Math.floor(random() * 3) * 3_600_000
    await leaveNextKey({ keysDir: ledger.keysDir, origin: collector.logOrigin, overlapMs })
    return
  }
  const custodian = await openLifesCustodian(ledger, life)
  if (act === 'erase') await custodian.erase(`delegator:${personOf(random)}`, request)
  else if (act === 'expire') await custodian.expire(ledger.now() - sixtyDaysNs, request)
  else if (act === 'prune') await custodian.prune(ledger.now() - sixtyDaysNs, request)
  else {
    await custodian.hold('', request)
    await custodian.release(request)
  }
}

/** Goes on with what an earlier life left undone. */
export async function resumeCustody(ledger: CleanLedger, life: Life): Promise<void> {
  const custodian = await openLifesCustodian(ledger, life)
  // A hold that a death left standing, too.
  if ((await custodian.holds('default')).length > 0) await custodian.release(request)
  await custodian.resume()
}

function openLifesCustodian(
  { keys, keysDir, eraser, pruner, now }: CleanLedger,
  { collector, died }: Life,
): ReturnType<typeof openRetentionService> {
  // What the dead are asked for never comes.
  const orNever = async (act: Promise<unknown> | undefined): Promise<void> => {
    if ((await Promise.race([act ?? died, died])) === 'died') await new Promise(() => undefined)
  }
  return openRetentionService({
    keys,
    dir: `${keysDir}/custody`,
    record: (records) => orNever(collector?.record(records)),
    stored: () => orNever(collector?.stored()),
    eraser,
    pruner,
    now,
  })
}

function personOf(random: () => number): string {
  return `person-${Math.floor(random() * 20)}@acme.example`
}

/** An OTLP request of a run: a prompt with its text, and calls under it. */
export function requestBody(name: string, random: () => number): string {
  const traceId = `${spanIdOf(`trace ${name} a`)}${spanIdOf(`trace ${name} b`)}`
  const person = personOf(random)
  const spans = Array.from({ length: 1 + Math.floor(random() * 6) }, (_, n) => ({
    traceId,
    spanId: spanIdOf(`${name} ${n}`),
    parentSpanId: n === 0 ? '' : spanIdOf(`${name} 0`),
    name: n === 0 ? 'invoke_agent' : `tool ${n}`,
    startTimeUnixNano: `17${Math.floor(random() * 1e8)}000000000`.padEnd(19, '0'),
    endTimeUnixNano: '1799999999000000000',
    attributes: attributesOf(n, person, random),
    events: n % 3 === 2 ? [{ timeUnixNano: '1', name: 'retry' }] : [],
  }))
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
}

function attributesOf(n: number, person: string, random: () => number): object[] {
  const words = `Refund order ${Math.floor(random() * 1e6)} of ${person} \u202e\u0000 ümlaut`
  const said: Record<string, string> = {
    'whodid.actor.type': 'agent',
    'gen_ai.agent.id': 'refunds',
    'whodid.agent.instance.id': `run-${Math.floor(random() * 50)}`,
    'whodid.delegator.id': person,
    'whodid.delegator.type': 'human',
    'clean.odd': '\t"quoted" \\ \u2028 end\0\0',
  }
  if (n === 0) {
    said['whodid.record.kind'] = 'prompt'
    said['gen_ai.input.messages'] = words
  } else {
    said['whodid.record.kind'] = 'tool_call'
    said['whodid.action.verb'] = 'update'
    said['whodid.resource.id'] = `db:row:shop/orders/${Math.floor(random() * 500)}`
    said['gen_ai.tool.call.arguments'] = JSON.stringify({ words })
  }
  return [
    ...Object.entries(said).map(([key, value]) => ({ key, value: { stringValue: value } })),
    { key: 'clean.double', value: { doubleValue: random() * 1e-7 } },
  ]
}
