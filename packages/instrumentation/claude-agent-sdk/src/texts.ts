/** Parts of one message that are looked at. */
const partsMax = 10_000

/** A member of what may be an object; undefined otherwise. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** The text of a member of an event; '' where it is none. */
export function textIn(event: unknown, name: string): string {
  const value = member(event, name)
  return typeof value === 'string' ? value : ''
}

/** The items of a list in an event; none of another value. */
export function listIn(event: unknown, name: string): readonly unknown[] {
  const value = member(event, name)
  return Array.isArray(value) ? value.slice(0, partsMax) : []
}

/** The text of a tool's answer: as it is, or in parts. */
export function answerText(answer: unknown): string {
  if (typeof answer === 'string') return answer
  return Array.isArray(answer)
    ? answer
        .slice(0, partsMax)
        .map((part: unknown) => textIn(part, 'text'))
        .join('\n')
    : ''
}
