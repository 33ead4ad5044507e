import type { Value } from '../otlp/batch.ts'
import { stringifyValue } from '../otlp/stringify-value.ts'

/** UTF-16 units of a message list that is parsed for its text; a longer one stays in the attributes only. */
const messagesLengthMax = 4 * 1024 * 1024

/** Levels of content within a message that are read: message, part, nested content. */
const contentDepthMax = 4

interface Message {
  readonly role: string
  readonly text: string
}

/**
 * The text of the last message a user sent, of a list of messages in any of the common forms: OpenTelemetry's parts,
 * OpenAI's and Anthropic's content, an object with `messages` or `prompt`, as JSON text or structured. '' when none.
 */
export function lastUserText(value: Value | undefined): string {
  return lastOfUser(messagesIn(parse(value)))
}

/**
 * What a person asked of an agent or a chain, of what that was given: the last user message where there are messages,
 * the only argument where it was called with one text, else all of it as it came.
 */
export function promptText(given: string): string {
  const parsed = parse(given)
  if (typeof parsed !== 'object' || parsed === null) return given
  return lastOfUser(messagesIn(parsed)) || onlyArgument(parsed) || given
}

/** Of a call that a decorator wrote down as `{"args":[…],"kwargs":{…}}`, its argument when it is one text. */
function onlyArgument(call: object): string {
  const positional: unknown = Reflect.get(call, 'args')
  const named: unknown = Reflect.get(call, 'kwargs')
  const hasNamed = typeof named === 'object' && named !== null && Object.keys(named).length > 0
  if (!Array.isArray(positional) || positional.length !== 1 || hasNamed) return ''
  const only: unknown = positional[0]
  return typeof only === 'string' ? only : ''
}

/** The text of all messages, in order, joined by an empty line. */
export function joinedText(value: Value | undefined): string {
  return messagesIn(parse(value))
    .map(({ text }) => text)
    .filter((text) => text !== '')
    .join('\n\n')
}

function lastOfUser(messages: readonly Message[]): string {
  return messages.findLast(({ role, text }) => role === 'user' && text !== '')?.text ?? ''
}

function messagesIn(parsed: unknown): Message[] {
  if (typeof parsed === 'string') return parsed === '' ? [] : [{ role: 'user', text: parsed }]
  if (Array.isArray(parsed))
    return parsed.every(isBlock)
      ? [{ role: 'user', text: contentText({ content: parsed }, 0) }]
      : parsed.map(firstLevel)
  if (typeof parsed !== 'object' || parsed === null) return []
  for (const name of ['messages', 'contents', 'choices']) {
    const list: unknown = Reflect.get(parsed, name)
    if (Array.isArray(list)) return list.map(firstLevel)
  }
  // What a chain of LangChain was given, within what its callback was.
  const inputs: unknown = Reflect.get(parsed, 'inputs')
  if (typeof inputs === 'object' && inputs !== null && !Reflect.has(inputs, 'inputs'))
    return messagesIn(inputs)
  const prompt: unknown = Reflect.get(parsed, 'prompt')
  if (typeof prompt === 'string') return [{ role: 'user', text: prompt }]
  if (Array.isArray(prompt)) return prompt.map(firstLevel)
  return [firstLevel(parsed)]
}

function parse(value: Value | undefined): unknown {
  if (value === undefined || value === null) return undefined
  const text = typeof value === 'string' ? value : stringifyValue(value)
  if (text.length > messagesLengthMax) return undefined
  try {
    return JSON.parse(text)
  } catch {
    // Plain text where others send JSON: it is the message itself.
    return text
  }
}

/** Whether it is a part of one message, as Bedrock writes them, and not a message: nobody is said to have spoken. */
function isBlock(part: unknown): boolean {
  if (typeof part !== 'object' || part === null || !Reflect.has(part, 'text')) return false
  return !['role', 'type', 'message'].some((key) => Reflect.has(part, key))
}

/** A message within a message is read as deep as content is; a text may nest them by the hundred thousand. */
function firstLevel(message: unknown): Message {
  return toMessage(message, 0)
}

function toMessage(message: unknown, depth: number): Message {
  if (typeof message === 'string') return { role: 'user', text: message }
  if (typeof message !== 'object' || message === null) return { role: '', text: '' }
  const inner: unknown = Reflect.get(message, 'message')
  if (typeof inner === 'object' && inner !== null && depth < contentDepthMax)
    return toMessage(inner, depth + 1)
  const role: unknown =
    Reflect.get(message, 'role') ?? classOf(message) ?? Reflect.get(message, 'type')
  const holder: unknown = Reflect.get(message, 'data') ?? Reflect.get(message, 'kwargs')
  const isWrapped = typeof holder === 'object' && holder !== null
  return { role: roleName(role), text: contentText(isWrapped ? holder : message, 0) }
}

/** Of a message that LangChain wrote down as an object to build again, the name of its class. */
function classOf(message: object): unknown {
  const path: unknown = Reflect.get(message, 'id')
  return Reflect.get(message, 'type') === 'constructor' && Array.isArray(path)
    ? path.at(-1)
    : undefined
}

function roleName(role: unknown): string {
  if (role === 'human' || role === 'HumanMessage') return 'user'
  return typeof role === 'string' ? role : ''
}

function contentText(holder: object, depth: number): string {
  if (depth > contentDepthMax) return ''
  const content: unknown =
    Reflect.get(holder, 'parts') ?? Reflect.get(holder, 'content') ?? Reflect.get(holder, 'text')
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content
    .map((part: unknown) => partText(part, depth))
    .filter((text) => text !== '')
    .join('\n')
}

/** Text of a text part; a tool's result, a file or an image is not what the user said. */
function partText(part: unknown, depth: number): string {
  if (typeof part === 'string') return part
  if (typeof part !== 'object' || part === null) return ''
  const type: unknown = Reflect.get(part, 'type')
  return type === undefined || type === 'text' ? contentText(part, depth + 1) : ''
}
