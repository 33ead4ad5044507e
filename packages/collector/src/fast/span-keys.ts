import { attribute } from '@whodid/model'
import { formOf } from '../normalize/conventions/any-tool-call.ts'
import { ownClaimOf } from '../normalize/conventions/own-claims.ts'
import type { OwnClaim } from '../normalize/conventions/own-claims.ts'
import { statesEnding } from '../normalize/conventions/stated-ending.ts'
import { redactKey } from '../normalize/redact-attributes.ts'
import { isTextKey } from '../normalize/text-attributes.ts'
import { quoteText } from '../otlp/stringify-value.ts'

/** The key of an attribute, as the fast path treats its values. */
export interface SpanKey {
  readonly bytes: Buffer
  /** The key in JSON, with the colon. */
  readonly json: Buffer
  /** False when a span with this key goes the general path: some convention, or redaction, may read more in it. */
  readonly isFast: boolean
  /** True when its values are text, whatever they look like. */
  readonly isText: boolean
  /** The canonical attribute that it is; undefined for one that stays among the attributes. */
  readonly claim: OwnClaim | undefined
  /** The words of a choice. */
  readonly members: readonly Buffer[]
  /** The place of its value among {@link slots}; −1 when nothing asks for it. */
  readonly slot: number
  /** The number of the last span that had it: a key that comes twice is not fast. */
  lastSpan: number
}

/** Keys whose values decide something although they stay among the attributes. */
const asked = {
  operation: attribute.operationName,
  arguments: attribute.toolCallArguments,
  result: attribute.toolCallResult,
  inputMessages: attribute.inputMessages,
  outputMessages: attribute.outputMessages,
  providerName: 'gen_ai.provider.name',
  system: 'gen_ai.system',
  errorType: 'error.type',
  // A column that the attribute fills and stays beside.
  userId: attribute.userId,
} as const

/** The places of the values that a span states: its claims by their field in the record, and the values that are asked for. */
const slots = new Map<string, number>(Object.keys(asked).map((name, slot) => [name, slot]))
const slotOfKey = new Map<string, number>(Object.values(asked).map((key, slot) => [key, slot]))
for (const key of Object.values(attribute)) {
  const claim = ownClaimOf(key)
  if (claim === undefined) continue
  slotOfKey.set(key, slots.size)
  slots.set(claim.field, slots.size)
}

export const slotCount: number = slots.size

/** The slot of a record's field, or of a value that is asked for. Throws when there is none. */
export function slotOf(name: string): number {
  const slot = slots.get(name)
  if (slot === undefined) throw new Error(`no attribute fills "${name}"`)
  return slot
}

/** True when an attribute fills the field. */
export function hasSlot(name: string): boolean {
  return slots.has(name)
}

/** First words of the keys that a convention other than our own reads, and of those that some emitter may use so one day. */
const foreignRoots: ReadonlySet<string> = new Set(
  (
    'agent ai app approval autogen call claude_code codex conversation copilot crew crewai db decision dspy enduser entity error exception ' +
    'function gcp gemini_cli gen_ai graph handoff http input langfuse langgraph langsmith llm llm_ log logfire mastra mcp messages messaging ' +
    'metadata microsoft openai openinference operation otel output permission pydantic_ai response result rpc service session smolagents span ' +
    'subagent tool tool_call tool_result traceloop url user vertex voltagent whodid'
  ).split(' '),
)

/** Keys under these words that no convention reads. */
const plainKeys =
  /^(?:gen_ai\.(?:request|response|usage|embeddings|data_source|token|output\.type)(?:\.|$)|gen_ai\.(?:tool\.(?:type|description)|system_instructions)$|service\.(?:version|namespace|instance\.id)$)/u

/** True when no convention reads an attribute of this key, of a span or of its resource. */
export function isPlainKey(key: string): boolean {
  const root = key.slice(0, Math.max(key.indexOf('.'), 0))
  if (root === '' || (foreignRoots.has(root) && !plainKeys.test(key))) return false
  return !statesEnding(key) && formOf(key) === ''
}

function spanKey(bytes: Buffer): SpanKey {
  const key = bytes.toString('latin1')
  const claim = key === attribute.serviceName ? undefined : ownClaimOf(key)
  const slot = slotOfKey.get(key) ?? -1
  const { clean, isSecret, isDoubtful } = redactKey(key)
  const isKnown = claim !== undefined || (slot >= 0 && key !== attribute.serviceName)
  const isHarmless = clean === key && !isSecret && !isDoubtful && /^[!-~]+$/u.test(key)
  return {
    bytes,
    json: Buffer.from(`${quoteText(key)}:`),
    isFast: isHarmless && (isKnown || isPlainKey(key)),
    isText: isTextKey(key),
    claim,
    members: (claim?.members ?? []).map((member) => Buffer.from(member)),
    slot,
    lastSpan: 0,
  }
}

/** Keys that are held at most, and bytes of each. */
const keysMax = 4_096
const keyBytesMax = 128

/** Places of the table: a power of two, at least twice the keys. */
const placeCount = 2 * keysMax

/** Places in a row that are tried for one key: however keys are made, a look-up takes no more. */
const probesMax = 16

/**
 * The keys that came lately, found by their bytes. Each was read once, by the functions that the general path uses; when the table
 * is full it is emptied, but for the keys that have a slot.
 */
export class SpanKeys {
  readonly #places = new Array<SpanKey | undefined>(placeCount)
  #count = 0

  constructor() {
    this.#reset()
  }

  /** The key of these bytes; undefined for one that is too long, or that finds no place. */
  find(bytes: Buffer, start: number, end: number): SpanKey | undefined {
    const first = placeOf(bytes, start, end)
    for (let probe = 0; probe < probesMax; probe += 1) {
      const key = this.#places[(first + probe) & (placeCount - 1)]
      if (key === undefined) return this.#learn(Buffer.from(bytes.subarray(start, end)), probe)
      if (key.bytes.length === end - start && isAt(key.bytes, bytes, start)) return key
    }
    return undefined
  }

  #learn(bytes: Buffer, probe: number): SpanKey | undefined {
    if (bytes.length > keyBytesMax) return undefined
    if (this.#count >= keysMax) this.#reset()
    const key = spanKey(bytes)
    this.#places[(placeOf(bytes, 0, bytes.length) + probe) & (placeCount - 1)] = key
    this.#count += 1
    return key
  }

  #reset(): void {
    this.#places.fill(undefined)
    this.#count = 0
    for (const key of slotOfKey.keys()) this.find(Buffer.from(key), 0, key.length)
  }
}

/** Takes in the length, the last four bytes and the middle one: keys differ most at their ends. */
function placeOf(bytes: Buffer, start: number, end: number): number {
  const length = end - start
  let hash = length
  for (let at = Math.max(end - 4, start); at < end; at += 1) hash = hash * 31 + (bytes[at] ?? 0)
  hash = Math.imul(hash * 31 + (bytes[start + (length >> 1)] ?? 0), 0x85eb_ca6b)
  return (hash >>> 16) & (placeCount - 1)
}

/** True when the bytes at `start` are these. */
export function isAt(known: Buffer, bytes: Buffer, start: number): boolean {
  for (let at = 0; at < known.length; at += 1) if (known[at] !== bytes[start + at]) return false
  return true
}
