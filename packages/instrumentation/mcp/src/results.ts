/** Parts of a result whose text is read. */
const partsMax = 100

/** True for a result by which a server says that its tool failed. */
export function isFailure(result: unknown): boolean {
  return member(result, 'isError') === true
}

/** The text of a result. */
export function resultText(result: unknown): string {
  const content = member(result, 'content')
  if (!Array.isArray(content)) return ''
  return content
    .slice(0, partsMax)
    .map((part: unknown) => textOf(member(part, 'text')))
    .join('\n')
}

/** A member of what may be an object; undefined otherwise. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** The text that a value is; '' otherwise. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
