import type { Value } from '../../otlp/batch.ts'
import { stringifyValue } from '../../otlp/stringify-value.ts'
import { taskText } from './task-text.ts'

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
 * The text that a person gave an agent or a chain, from its input: the last user message where there are messages,
 * the member that is the task where it was called with arguments, the only argument that is a text. Plain inputs, none of
 * which is named as the task, are taken as the request; a program's state is not.
 */
export function promptText(given: string): string {
  const parsed = parse(given)
  if (typeof parsed !== 'object' || parsed === null) return given
  const text =
    lastOfUser(messagesIn(parsed)) || taskText(parsed, textOfUser) || onlyArgument(parsed)
  return text !== '' || isState(parsed) ? text : given
}

function textOfUser(value: unknown): string {
  return lastOfUser(messagesIn(value))
}

/** Of a call that a decorator wrote down as `{"args":[…],"kwargs":{…}}`, its argument when only one of them is a text. */
function onlyArgument(call: object): string {
  const positional: unknown = Reflect.get(call, 'args')
  if (!Array.isArray(positional)) return ''
  const texts = positional.filter((one): one is string => typeof one === 'string')
  return texts.length === 1 ? (texts[0] ?? '') : ''
}

/** True when it holds objects within objects: the state of a program, and no request of a person. */
function isState(given: object): boolean {
  return Object.values(given).some(
    (value: unknown) =>
      typeof value === 'object' && value !== null && Object.keys(value).length > 0,
  )
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
  // The input of a chain of LangChain, within that of its callback.
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

/** True when it is a part of one message, as Bedrock writes them, and not a message: it names no speaker. */
function isBlock(part: unknown): boolean {
  if (typeof part !== 'object' || part === null || !Reflect.has(part, 'text')) return false
  return !['role', 'type', 'message'].some((key) => Reflect.has(part, key))
}

/** A message within a message is read as deep as content is; a text may nest them by the hundred thousand. */
function firstLevel(message: unknown): Message {
  return toMessage(message, 0)
}

function toMessage(message: unknown, depth: number): Message {
  if (typeof message === 'string') return reprMessage(message) ?? { role: 'user', text: message }
  if (typeof message !== 'object' || message === null) return { role: '', text: '' }
  const inner: unknown = Reflect.get(message, 'message')
  if (typeof inner === 'object' && inner !== null && depth < contentDepthMax)
    return toMessage(inner, depth + 1)
  const role: unknown =
    Reflect.get(message, 'role') ??
    classOf(message) ??
    (Reflect.get(message, 'source') === 'user' ? 'user' : Reflect.get(message, 'type'))
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

/** UTF-16 units of a message in Python's own notation that are read. */
const reprLengthMax = 64 * 1024

const reprText = /\b(?:text|content)=(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/gsu

/** A message that Python wrote down as an object, `ChatMessage(role=<…: 'user'>, … text='…')`; undefined for another text. */
function reprMessage(text: string): Message | undefined {
  const written = text.slice(0, reprLengthMax)
  const name = /^(\w{0,64}Message)\(/u.exec(written)?.[1]
  if (name === undefined) return undefined
  const role = /\brole=(?:<[\w.]{1,64}: )?'(\w{1,64})'/u.exec(written)?.[1]
  const texts = [...written.matchAll(reprText)].map(([, single, double]) => single ?? double ?? '')
  return { role: roleName(role ?? name), text: texts.map(unescaped).join('\n') }
}

function unescaped(literal: string): string {
  return literal.replaceAll(/\\(.)/gsu, (_, character: string) => {
    if (character === 'n') return '\n'
    return character === 't' ? '\t' : character
  })
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

/** Returns the text of a text part; a tool's result, a file or an image is not the user's text. */
function partText(part: unknown, depth: number): string {
  if (typeof part === 'string') return part
  if (typeof part !== 'object' || part === null) return ''
  const type: unknown = Reflect.get(part, 'type')
  return type === undefined || type === 'text' ? contentText(part, depth + 1) : ''
}
