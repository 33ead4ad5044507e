import { createHash } from 'node:crypto'
import { attribute, spanRef } from '@whodid/model'
import type { Random } from '../random.ts'
import { agentTools } from './agent-tools.ts'
import { sentence } from './sentence.ts'

/** What an attribute of these spans may hold; numbers are whole and fit 32 bits. */
export type AttributeValue = string | number | boolean | readonly string[]

/** A span as it is encoded. */
export interface BenchSpan {
  readonly traceId: Buffer
  readonly spanId: Buffer
  /** Empty at the root. */
  readonly parentSpanId: Buffer
  readonly name: string
  readonly startUnixNs: bigint
  readonly endUnixNs: bigint
  readonly failed: boolean
  readonly attributes: Readonly<Record<string, AttributeValue>>
  /** Eight hex digits each: parts of this span's IDs and hashes that no other run has. */
  readonly marks: readonly string[]
}

type Attributes = Record<string, AttributeValue>

interface Run {
  readonly random: Random
  readonly traceId: Buffer
  /** Eight hex digits that all IDs of this run share: its trace ID begins with them. */
  readonly mark: string
  readonly actor: Attributes
  readonly template: string
  readonly spans: BenchSpan[]
  clockNs: bigint
  seq: number
}

interface Part {
  readonly kind: string
  readonly name: string
  readonly parent?: BenchSpan | undefined
  readonly attributes: Attributes
  readonly failed?: boolean
}

const templates = ['repo-triage', 'db-fixer', 'release-notes', 'invoice-clerk', 'oncall'] as const
/** Hex digits of a mark. */
const markDigits = 8
const toolTurnsMin = 3
const toolTurnsRange = 4

/**
 * One run of an agent as the SDK records it: a session, a human's prompt, a plan, then turns of a model call, a tool call
 * with its intent, and now and then untrusted input. 13 to 25 spans, the attributes that the SDK would set, prose that
 * compresses like prose, and hashes and IDs that do not compress.
 */
export function agentRun(random: Random, startUnixNs: bigint): readonly BenchSpan[] {
  const template = random.pick(templates)
  const traceId = random.bytes(16)
  const mark = traceId.toString('hex', 0, 4)
  const actor = actorAttributes(random, { template, mark })
  const start = { spans: [], clockNs: startUnixNs, seq: 0 }
  const run: Run = { random, traceId, mark, actor, template, ...start }
  const session = record(run, { kind: 'session', name: `session ${template}`, attributes: {} })
  const prompt = record(run, promptPart(run, session))
  const promptRef = { [attribute.promptRef]: refOf(prompt) }
  const plan = record(run, planPart(run, { prompt, promptRef }))
  const under = { ...promptRef, [attribute.planRef]: refOf(plan) }
  const turns = toolTurnsMin + random.int(toolTurnsRange)
  for (let step = 1; step <= turns; step += 1) {
    record(run, modelPart(run, prompt, under))
    const call = callAttributes(run, step)
    const name = `execute_tool ${String(call[attribute.toolName])}`
    const failed = random.int(20) === 0
    const tool = { ...under, ...call, ...resultAttributes(run, failed) }
    const parent = record(run, {
      kind: 'tool_call',
      name,
      parent: prompt,
      attributes: tool,
      failed,
    })
    const intent = { ...under, ...call, [attribute.actionOutcome]: 'unknown' }
    record(run, { kind: 'action', name: `intent ${name}`, parent, attributes: intent })
    if (random.int(3) === 0) record(run, inputPart(run, parent, under))
  }
  return run.spans
}

function actorAttributes(random: Random, of: { template: string; mark: string }): Attributes {
  const { template, mark } = of
  // A few people start most of the runs.
  const human = `${random.pick(['dev', 'ops', 'ana', 'li', 'sam', 'kim'])}${random.int(1 + random.int(40))}@acme.example`
  const instance = uuid(random, mark)
  return {
    [attribute.correlationId]: uuid(random, mark),
    [attribute.actorType]: 'agent',
    [attribute.instanceId]: instance,
    [attribute.templateId]: template,
    [attribute.templateName]: `Acme ${template}`,
    [attribute.templateVersion]: `2.${random.int(4)}.0`,
    [attribute.delegatorId]: human,
    [attribute.delegatorType]: 'human',
    [attribute.delegatorIssuer]: 'https://id.acme.example',
    [attribute.userId]: human,
    [attribute.conversationId]: `conv_${mark}${random.hex(16)}`,
    ...(random.int(3) === 0 ? { [attribute.sessionId]: `sess_${mark}${random.hex(16)}` } : {}),
    [attribute.delegationChain]: [human, instance],
  }
}

/** Appends a span to the run; each begins where the clock stands and moves it on. */
function record(run: Run, part: Part): BenchSpan {
  run.seq += 1
  const startUnixNs = run.clockNs
  run.clockNs += BigInt(1_000_000 + run.random.int(900_000_000))
  const span: BenchSpan = {
    traceId: run.traceId,
    spanId: run.random.bytes(8),
    parentSpanId: part.parent?.spanId ?? Buffer.alloc(0),
    name: part.name,
    startUnixNs,
    endUnixNs: run.clockNs,
    failed: part.failed ?? false,
    attributes: {
      ...run.actor,
      [attribute.recordKind]: part.kind,
      ...part.attributes,
      [attribute.seq]: run.seq,
    },
    marks: [run.mark, ...hashEnds(part.attributes)],
  }
  run.spans.push(span)
  return span
}

/** The ends of the hashes of texts; a credential's is of no text, and many runs share it. */
function hashEnds(attributes: Attributes): string[] {
  return Object.entries(attributes).flatMap(([key, value]) =>
    key !== attribute.credentialId && typeof value === 'string' && value.startsWith('sha256:')
      ? [value.slice(-markDigits)]
      : [],
  )
}

function promptPart(run: Run, parent: BenchSpan): Part {
  const text = sentence(run.random, 30 + run.random.int(60))
  const messages = JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: text }] }])
  return {
    kind: 'prompt',
    name: `invoke_agent ${run.template}`,
    parent,
    attributes: {
      [attribute.operationName]: 'invoke_agent',
      [attribute.promptOrigin]: 'human',
      [attribute.promptHash]: hashOf(text),
      [attribute.inputMessages]: messages,
    },
  }
}

function planPart(run: Run, given: { prompt: BenchSpan; promptRef: Attributes }): Part {
  const text = [1, 2, 3, 4].map((step) => `${step}. ${sentence(run.random, 12)}`).join('\n')
  const messages = JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: text }] }])
  return {
    kind: 'plan',
    name: 'plan',
    parent: given.prompt,
    attributes: {
      ...given.promptRef,
      [attribute.operationName]: 'plan',
      [attribute.planHash]: hashOf(text),
      [attribute.outputMessages]: messages,
    },
  }
}

function modelPart(run: Run, parent: BenchSpan, under: Attributes): Part {
  const { random } = run
  const said = sentence(random, 40 + random.int(60))
  const messages = JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: said }] }])
  return {
    kind: 'model_call',
    name: 'chat frontier-large',
    parent,
    attributes: {
      ...under,
      [attribute.operationName]: 'chat',
      'gen_ai.provider.name': 'acme.models',
      'gen_ai.request.model': 'frontier-large',
      'gen_ai.response.id': `msg_${run.mark}${random.hex(16)}`,
      'gen_ai.usage.input_tokens': 500 + random.int(20_000),
      'gen_ai.usage.output_tokens': 20 + random.int(1_500),
      'gen_ai.response.finish_reasons': ['tool_calls'],
      [attribute.outputMessages]: messages,
    },
  }
}

function callAttributes({ random, mark, actor }: Run, step: number): Attributes {
  const { tool, verb, type, resource } = random.pick(agentTools)
  const id = resource(random, mark)
  const args = JSON.stringify({ target: id, reason: sentence(random, 15), limit: random.int(100) })
  const actionId = uuid(random, mark)
  return {
    [attribute.toolName]: tool,
    [attribute.toolType]: 'function',
    [attribute.toolCallId]: `call_${mark}${random.hex(16)}`,
    [attribute.actionId]: actionId,
    [attribute.actionVerb]: verb,
    [attribute.planStep]: step,
    [attribute.resourceId]: id,
    [attribute.resourceType]: type,
    [attribute.toolArgumentsHash]: hashOf(args),
    [attribute.toolCallArguments]: args,
    [attribute.credentialId]: hashOf(`${type}-pat-${String(actor[attribute.delegatorId])}`),
    [attribute.credentialType]: 'pat',
    [attribute.credentialSubject]: 'dev@acme.example',
    [attribute.credentialBorrowed]: true,
  }
}

function resultAttributes({ random }: Run, failed: boolean): Attributes {
  const outcome = {
    [attribute.operationName]: 'execute_tool',
    [attribute.actionOutcome]: failed ? 'failure' : 'success',
  }
  if (failed) return { ...outcome, 'error.type': 'TimeoutError' }
  const result = JSON.stringify({ ok: true, text: sentence(random, 10 + random.int(40)) })
  return {
    ...outcome,
    [attribute.toolResultHash]: hashOf(result),
    [attribute.toolCallResult]: result,
  }
}

function inputPart(run: Run, parent: BenchSpan, under: Attributes): Part {
  const source = `github:issue:acme/app/${run.random.int(5_000)}`
  return {
    kind: 'input',
    name: `input ${source}`,
    parent,
    attributes: {
      ...under,
      [attribute.inputSource]: source,
      [attribute.inputTrust]: 'untrusted',
      [attribute.inputHash]: `sha256:${run.random.hex(64)}`,
    },
  }
}

function refOf(span: BenchSpan): string {
  return spanRef(span.traceId.toString('hex'), span.spanId.toString('hex'))
}

function hashOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}

function uuid(random: Random, mark: string): string {
  return `0197c2a4-${random.hex(4)}-7${random.hex(3)}-9${random.hex(3)}-${mark}${random.hex(4)}`
}
