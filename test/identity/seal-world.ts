import { createHash, generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { keyThumbprint, makeDpopProof } from '@whodid/identity'
import type { AgentStanding, RevocableAgent } from '@whodid/identity'
import { makeSeal, sealDigest } from '@whodid/identity/seal'
import { attribute, ByteReader, readColumns } from '@whodid/model'
import { importJWK } from 'jose'
import type { JWK } from 'jose'
import { memoryStore, sendHttp, startMemoryCollector } from '../harness/memory-collector.ts'
import type { Answer, MemoryCollector, MemoryStore, Sent } from '../harness/memory-collector.ts'
import { nowS, trustedIssuers } from './attack-world.ts'

/** The name of the ledger as an issuer and an audience. */
export const ledger = 'https://acme.example/ledger'

/** Senders: one that may say everything, one of a single template, one of another tenant. */
const tokens = { all: 'seal-test-all', bound: 'seal-test-bound', stranger: 'seal-test-stranger' }
export type Sender = keyof typeof tokens

/** An instance's own key. */
export interface OwnKey {
  readonly privateKey: KeyObject
  readonly publicKey: JWK
  readonly thumbprint: string
}

export function makeOwnKey(): OwnKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = publicKey.export({ format: 'jwk' })
  return { privateKey, publicKey: jwk, thumbprint: keyThumbprint(jwk) }
}

/** A real collector whose clock and whose knowledge of stops are the test's. */
export interface SealWorld {
  readonly collector: MemoryCollector
  readonly store: MemoryStore
  /** Seconds that the collector's clock is past `nowS`. */
  clockS: number
  standingOf: (agent: RevocableAgent) => AgentStanding | undefined
}

export const active = (): AgentStanding => ({ standing: 'active', by: undefined })

export async function startSealWorld(): Promise<SealWorld> {
  const store = memoryStore()
  const client = (name: Sender, tenant: string, templates: '*' | string[]) => ({
    name,
    tenant,
    tokenSha256: createHash('sha256').update(tokens[name]).digest('hex'),
    templates,
    humans: templates === '*',
    services: true,
  })
  const kept: Omit<SealWorld, 'collector'> = { store, clockS: 0, standingOf: active }
  const collector = await startMemoryCollector({}, store, {
    logOrigin: 'acme.example/ledger',
    now: () => BigInt(nowS + kept.clockS) * 1_000_000_000n,
    ingestClients: [
      client('all', 'default', '*'),
      client('bound', 'default', ['db-fixer']),
      client('stranger', 'other', '*'),
    ],
    trustedIssuers,
    standingOf: (agent) => kept.standingOf(agent),
  })
  return Object.assign(kept, { collector })
}

function send(world: SealWorld, sender: Sender, sent: Sent): Promise<Answer> {
  const authorization = `Bearer ${tokens[sender]}`
  return sendHttp(world.collector, { ...sent, headers: { authorization, ...sent.headers } })
}

let proofs = 0

/** A proof of possession for the registration of tokens. */
export async function proofBy(
  key: OwnKey,
  change: { url?: string; atS?: number } = {},
): Promise<string> {
  const privateKey = await importJWK(key.privateKey.export({ format: 'jwk' }), 'ES256')
  if (privateKey instanceof Uint8Array) throw new Error('a symmetric key')
  const { url = `${ledger}/v1/credentials`, atS = nowS } = change
  const making = { privateKey, publicKey: key.publicKey, id: `p${(proofs += 1)}`, nowS: atS }
  return makeDpopProof({ method: 'POST', url }, making)
}

/** Asks for the registration of a token, or for one. */
export async function register(
  world: SealWorld,
  asked: { readonly sender?: Sender; readonly proof: string; readonly body: object },
): Promise<{ status: number; token: string; tokenHash: string; message: string }> {
  const { sender = 'all', proof, body } = asked
  const headers = { dpop: proof }
  const path = '/v1/credentials'
  const answer = await send(world, sender, { path, headers, body: JSON.stringify(body) })
  // Every answer of this route is an object.
  const fields = JSON.parse(answer.body.toString()) as Record<string, string>
  const { token = '', token_sha256: tokenHash = '', message = '' } = fields
  return { status: answer.status, token, tokenHash, message }
}

/** The reason of a refusal, of the message `token_refused: <reason>: …`. */
export function reasonIn(message: string): string {
  return /^token_refused: (\w+):/u.exec(message)?.[1] ?? message
}

/** An instance that has registered a token. */
export interface Registered {
  readonly key: OwnKey
  readonly template: string
  readonly instance: string
  readonly tokenHash: string
}

let instances = 0

export async function startInstance(
  world: SealWorld,
  asked: { template?: string; sender?: Sender; delegator?: object | undefined } = {},
): Promise<Registered> {
  const { template = 'db-fixer', sender = 'all' } = asked
  const { delegator = { id: 'jane', issuer: 'https://login.acme.example' } } = asked
  const instance = `i-${(instances += 1)}`
  const key = makeOwnKey()
  const proof = await proofBy(key, { atS: nowS + world.clockS })
  const body = { template, instance, delegator }
  const { status, tokenHash, message } = await register(world, { sender, proof, body })
  if (status !== 201) throw new Error(message)
  return { key, template, instance, tokenHash }
}

export interface SentSpan {
  readonly spanId: string
  readonly traceId: string
  readonly startUnixNs: bigint
  readonly attributes: Readonly<Record<string, string>>
  readonly resource?: Readonly<Record<string, string>>
  readonly numbers?: Readonly<Record<string, number>>
}

let spans = 0

export function act(
  { template, instance }: Pick<Registered, 'template' | 'instance'>,
  more: Readonly<Record<string, string>> = {},
): SentSpan {
  spans += 1
  return {
    traceId: spans.toString(16).padStart(32, 'a'),
    spanId: spans.toString(16).padStart(16, 'b'),
    startUnixNs: BigInt(nowS) * 1_000_000_000n + BigInt(spans),
    attributes: {
      [attribute.recordKind]: 'tool_call',
      [attribute.actorType]: 'agent',
      [attribute.templateId]: template,
      [attribute.instanceId]: instance,
      [attribute.delegatorId]: 'jane',
      [attribute.delegatorType]: 'human',
      [attribute.delegatorIssuer]: 'https://login.acme.example',
      [attribute.toolName]: 'drop_table',
      [attribute.actionVerb]: 'delete',
      [attribute.actionOutcome]: 'success',
      [attribute.resourceId]: 'db:table:shop/customers',
      ...more,
    },
  }
}

function digestOfSent({ traceId, spanId, startUnixNs, attributes }: SentSpan): string {
  const text = (key: string): string => attributes[key] ?? ''
  return sealDigest({
    traceId,
    spanId,
    parentSpanId: '',
    startUnixNs,
    endUnixNs: startUnixNs + 1n,
    instance: text(attribute.instanceId),
    template: text(attribute.templateId),
    delegator: text(attribute.delegatorId),
    delegatorIssuer: text(attribute.delegatorIssuer),
    correlation: text(attribute.correlationId),
    credential: text(attribute.credentialId),
    verb: text(attribute.actionVerb),
    resource: text(attribute.resourceId),
    argumentsHash: text(attribute.toolArgumentsHash),
    resultHash: text(attribute.toolResultHash),
    kind: text(attribute.recordKind),
    actorType: text(attribute.actorType),
    delegatorType: text(attribute.delegatorType),
    actionId: text(attribute.actionId),
    outcome: text(attribute.actionOutcome),
    parentInstance: text(attribute.instanceParentId),
    tool: text(attribute.toolName),
    prompt: text(attribute.promptRef),
  })
}

/** A good seal over spans. */
export function sealOver(
  by: Registered,
  covered: readonly SentSpan[],
  { seq = 1, issuedAtS = nowS }: { readonly seq?: number; readonly issuedAtS?: number } = {},
): string {
  return makeSeal(
    {
      issuer: `spiffe://acme.example/agent/${by.template}/i/${by.instance}`,
      issuedAtS,
      seq,
      prev: '',
      tokenHash: by.tokenHash,
      seen: 0,
      leaves: covered.map((span) => ({ ...span, digest: digestOfSent(span) })),
    },
    by.key,
  )
}

/** The span that carries a seal. */
export function sealSpan(jws: string, covered: SentSpan): SentSpan {
  return {
    ...covered,
    spanId: `5${covered.spanId.slice(1)}`,
    attributes: { [attribute.sealJws]: jws },
  }
}

export const idOf = ({ traceId, spanId }: SentSpan): string => `${traceId}-${spanId}`

export function namingSeal(span: SentSpan, seal: SentSpan): SentSpan {
  return { ...span, attributes: { ...span.attributes, [attribute.sealId]: idOf(seal) } }
}

/** Sends spans in one request, as JSON. Returns the attributes of each as its record holds them. */
export async function sendSpans(
  world: SealWorld,
  sent: readonly SentSpan[],
  sender: Sender = 'all',
): Promise<ReadonlyMap<string, Recorded>> {
  const body = {
    resourceSpans: sent.map((span) => ({
      resource: { attributes: Object.entries(span.resource ?? {}).map(otlpAttribute) },
      scopeSpans: [{ spans: [otlpSpan(span)] }],
    })),
  }
  const answer = await send(world, sender, { body: JSON.stringify(body) })
  if (answer.status !== 200) throw new Error(answer.body.toString())
  await world.collector.stored()
  const records = recordsOf(world.store)
  return new Map(sent.map((span) => [span.spanId, recordOf(records, span)]))
}

export interface Recorded {
  readonly columns: ReturnType<typeof readColumns>
  readonly attributes: Readonly<Record<string, unknown>>
}

function recordOf(
  records: readonly ReturnType<typeof readColumns>[],
  { spanId }: SentSpan,
): Recorded {
  const columns = records.findLast((row) => row['span_id'] === spanId)
  if (columns === undefined) throw new Error(`no record of ${spanId}`)
  const text = String(columns['attributes'])
  // The collector writes an object, or nothing.
  const attributes = (text === '' ? {} : JSON.parse(text)) as Recorded['attributes']
  return { columns, attributes }
}

export function recordsOf(store: MemoryStore): ReturnType<typeof readColumns>[] {
  return store.batches.flatMap(({ blocks }) =>
    blocks.flatMap((block) => {
      const reader = new ByteReader(Buffer.from(block))
      const rows: ReturnType<typeof readColumns>[] = []
      while (!reader.isAtEnd) rows.push(readColumns(reader))
      return rows
    }),
  )
}

/** A span as OTLP's JSON has it. */
export function otlpSpan(span: SentSpan): object {
  const { traceId, spanId, startUnixNs, attributes, numbers = {} } = span
  return {
    traceId,
    spanId,
    name: 'act',
    startTimeUnixNano: `${startUnixNs}`,
    endTimeUnixNano: `${startUnixNs + 1n}`,
    attributes: [
      ...Object.entries(attributes).map(otlpAttribute),
      ...Object.entries(numbers).map(([key, value]) => ({ key, value: { intValue: `${value}` } })),
    ],
  }
}

function otlpAttribute([key, stringValue]: readonly [string, string]): object {
  return { key, value: { stringValue } }
}
