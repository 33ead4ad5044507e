/** Items of one input that are looked at, the newest first. */
const itemsMax = 10_000

/** A span of Mastra, as its exporters get it. */
export interface MastraSpan {
  readonly id: string
  readonly parentSpanId?: string | undefined
  readonly type: string
  readonly entityId?: string | undefined
  readonly entityName?: string | undefined
  readonly input?: unknown
  readonly output?: unknown
  readonly attributes?: unknown
  readonly metadata?: unknown
  readonly errorInfo?: { readonly message: string; readonly name?: string } | undefined
}

/** The text of the newest message of a user; undefined where there is none. */
export function lastUserText(input: unknown): string | undefined {
  if (typeof input === 'string') return input
  const messages = listOf(member(input, 'messages') ?? input)
  const message = messages.findLast((one) => member(one, 'role') === 'user')
  if (message === undefined) return undefined
  const content = member(message, 'content')
  if (typeof content === 'string') return content
  return listOf(member(content, 'parts') ?? content)
    .map((part) => textIn(part, 'text'))
    .join('')
}

/** The error that a span reports; undefined where it reports none. */
export function errorOf({ errorInfo }: MastraSpan): { readonly value: Error } | undefined {
  if (errorInfo === undefined) return undefined
  const error = new Error(errorInfo.message)
  if (errorInfo.name !== undefined) error.name = errorInfo.name
  return { value: error }
}

/** A member of what may be an object; undefined otherwise. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** The text of a member; '' where it is none. */
export function textIn(value: unknown, name: string): string {
  const text = member(value, name)
  return typeof text === 'string' ? text : ''
}

/** The items of a list, the newest that are looked at; none of another value. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(-itemsMax) : []
}
