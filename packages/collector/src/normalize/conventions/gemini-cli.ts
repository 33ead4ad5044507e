import { attribute } from '@whodid/model'
import type { Outcome, RecordKind } from '@whodid/model'
import type { Attributes } from '../../otlp/batch.ts'
import { lastUserText } from './message-text.ts'
import { firstText, textOf } from './telemetry.ts'
import type { Convention, Claims, Telemetry } from './telemetry.ts'

/** Its spans by `gen_ai.operation.name`, which holds names of its own. */
const kindOfOperation: ReadonlyMap<string, RecordKind> = new Map(
  Object.entries<RecordKind>({
    llm_call: 'model_call',
    tool_call: 'tool_call',
    agent_call: 'prompt',
    user_prompt: 'prompt',
  }),
)

/** Its log records by their event: the only ones where its traces are off, as they are unless asked for. */
const kindOfEvent: ReadonlyMap<string, RecordKind> = new Map(
  Object.entries<RecordKind>({
    'gemini_cli.user_prompt': 'prompt',
    'gemini_cli.tool_call': 'tool_call',
    'gen_ai.client.inference.operation.details': 'model_call',
  }),
)

/** Google's Gemini CLI: spans and log records of the scope `gemini-cli`. */
export const geminiCli: Convention = {
  name: 'gemini_cli',
  speaks: ({ scopeName }) => scopeName === 'gemini-cli',
  ofAgent: () => true,
  kind: ({ signal, name, attributes }) =>
    (signal === 'log'
      ? kindOfEvent.get(name)
      : kindOfOperation.get(textOf(attributes, attribute.operationName))) ?? 'other',
  read: (telemetry, kind) =>
    telemetry.signal === 'log' ? readEvent(telemetry, kind) : readSpan(telemetry, kind),
}

function readEvent({ attributes }: Telemetry, kind: RecordKind): Claims {
  if (kind === 'model_call') return {}
  return {
    toolName: textOf(attributes, 'function_name'),
    outcome: kind === 'tool_call' ? outcomeOf(attributes) : '',
    content: firstText(attributes, ['prompt', 'function_args']),
  }
}

/** `accept`, `auto_accept` and `modify` let a call run; only then `success` says how it ended. */
function outcomeOf(attributes: Attributes): Outcome | '' {
  if (textOf(attributes, 'decision') === 'reject') return 'denied'
  const success = textOf(attributes, 'success')
  if (success === 'true') return 'success'
  return success === 'false' ? 'failure' : ''
}

function readSpan({ attributes, statusCode }: Telemetry, kind: RecordKind): Claims {
  const input = attributes.get(attribute.inputMessages)
  if (kind !== 'tool_call') return kind === 'prompt' ? { content: lastUserText(input) } : {}
  const output = textOf(attributes, attribute.outputMessages)
  return {
    toolCallId: textOf(attributes, 'gen_ai.tool.call_id'),
    // The call and its response as the program holds them: no messages, in spite of the names.
    content: textOf(attributes, attribute.inputMessages),
    result: output,
    outcome: statusCode === 2 ? 'failure' : outcomeOfResponse(output),
  }
}

const outcomeOfStatus: ReadonlyMap<string, Outcome> = new Map(
  Object.entries<Outcome>({ success: 'success', error: 'failure' }),
)

/** The ending of a call, by the `status` that its response begins with; the progress of a cancelled one is unknown. */
function outcomeOfResponse(response: string): Outcome {
  const status = /^\{"status":"([a-z]{1,20})"/u.exec(response)?.[1] ?? ''
  return outcomeOfStatus.get(status) ?? 'unknown'
}
