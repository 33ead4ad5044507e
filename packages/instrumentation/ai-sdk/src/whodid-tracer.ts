import { AsyncLocalStorage } from 'node:async_hooks'
import { context, trace } from '@opentelemetry/api'
import type { Attributes, Context, Span, SpanOptions, Tracer } from '@opentelemetry/api'
import type { ModelAnswer } from '@whodid/sdk'
import { disownSpan, guard } from '@whodid/sdk/instrument'
import type { IntegrationOptions } from '@whodid/sdk/instrument'
import { AiRun } from './ai-run.ts'
import { member, textOf } from './decisions.ts'
import { TranslatedSpan } from './translated-span.ts'

type Body = (span: Span) => unknown

/** One span of the AI SDK, with the code that it goes around. */
interface Step {
  readonly attributes: Attributes
  readonly span: Span
  readonly body: Body
}

/** The run around the code. */
const runs = new AsyncLocalStorage<AiRun>()

/**
 * A tracer for the AI SDK 5 and 6: records what {@link whodidTelemetry} records for version 7, from the spans that these versions
 * make. The spans themselves go on to `inner`, by default the application's own provider. Set `isEnabled: true` beside it.
 * Requests for approval are not among these spans; the answers to them are recorded.
 *
 * @example
 * await generateText({ model, prompt, tools, experimental_telemetry: { isEnabled: true, tracer: whodidTracer() } })
 */
export function whodidTracer(options: IntegrationOptions = {}, inner?: Tracer): Tracer {
  const target = inner ?? trace.getTracer('ai')
  const startActiveSpan = (name: string, ...rest: unknown[]): unknown => {
    // The function is the last argument in each overload.
    const body = rest.at(-1) as Body
    // Options stand first where there are any.
    const given = (rest.length > 1 ? rest[0] : {}) as SpanOptions
    // A context may stand between the two.
    const around = (rest.length > 2 ? rest[1] : context.active()) as Context
    return target.startActiveSpan(name, given, around, (span) => {
      disownSpan(span)
      return translate(name, { attributes: given.attributes ?? {}, span, body }, options)
    })
  }
  return {
    startSpan: (name, given, around) => target.startSpan(name, given, around),
    // One implementation behind four overloads.
    startActiveSpan,
  }
}

function translate(name: string, step: Step, options: IntegrationOptions): unknown {
  if (name === 'ai.generateText' || name === 'ai.streamText') return translateRun(step, options)
  const run = runs.getStore()
  if (run === undefined) return step.body(step.span)
  if (name === 'ai.toolCall') return translateTool(step, run)
  if (name.endsWith('.doGenerate') || name.endsWith('.doStream')) return translateModel(step, run)
  return step.body(step.span)
}

function translateRun({ attributes, span, body }: Step, options: IntegrationOptions): unknown {
  const userId = textOf(attributes['ai.telemetry.metadata.userId'])
  const asked = parse(attributes['ai.prompt'])
  const run = guard(
    () =>
      new AiRun(
        {
          named: textOf(attributes['ai.telemetry.functionId']),
          ...(userId === '' ? {} : { onBehalfOf: userId }),
        },
        member(asked, 'messages') ?? member(asked, 'prompt'),
        options,
      ),
    undefined,
  )
  if (run === undefined) return body(span)
  const recorded = new TranslatedSpan(span, ({ error }) => {
    guard(() => {
      run.end(error)
    }, undefined)
  })
  return runs.run(run, () => run.within(() => body(recorded)))
}

function translateModel({ attributes, span, body }: Step, run: AiRun): unknown {
  const model = guard(
    () =>
      run.beginModel(textOf(attributes['ai.model.provider']), textOf(attributes['ai.model.id'])),
    undefined,
  )
  if (model === undefined) return body(span)
  const recorded = new TranslatedSpan(span, ({ attributes: said, error }) => {
    guard(() => {
      if (error === undefined) run.endModel(answerOf(said))
      else run.endModel(undefined, error.value)
    }, undefined)
  })
  return model.within(() => body(recorded))
}

async function translateTool({ attributes, span, body }: Step, run: AiRun): Promise<unknown> {
  const id = textOf(attributes['ai.toolCall.id'])
  const call = await run.beginTool({
    id,
    name: textOf(attributes['ai.toolCall.name']),
    input: parse(attributes['ai.toolCall.args']),
  })
  await call.allowed()
  const recorded = new TranslatedSpan(span, ({ attributes: said, error }) => {
    const ending =
      error === undefined ? { result: parse(said['ai.toolCall.result']) } : { error: error.value }
    guard(() => {
      run.endTool(id, ending)
    }, undefined)
  })
  return call.within(() => body(recorded))
}

function answerOf(said: Attributes): ModelAnswer {
  const calls = parse(said['ai.response.toolCalls'])
  const input = said['gen_ai.usage.input_tokens']
  const output = said['gen_ai.usage.output_tokens']
  return {
    text: textOf(said['ai.response.text']),
    toolCalls: (Array.isArray(calls) ? calls : []).map((call: unknown) => ({
      id: textOf(member(call, 'toolCallId')),
      name: textOf(member(call, 'toolName')),
    })),
    id: textOf(said['ai.response.id']),
    model: textOf(said['ai.response.model']),
    finishReasons: [textOf(said['ai.response.finishReason'])],
    ...(typeof input === 'number' ? { inputTokens: input } : {}),
    ...(typeof output === 'number' ? { outputTokens: output } : {}),
  }
}

/** The value of an attribute that holds JSON; undefined where it holds none. */
function parse(json: unknown): unknown {
  if (typeof json !== 'string') return undefined
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}
