/** The place of a value in a JSON text: from its first character up to, and without, `end`. */
export interface Place {
  readonly start: number
  readonly end: number
}

/**
 * Finds the members of the object that begins at `at`, so that a text can be added to without being written anew. The text must have passed
 * JSON.parse. Returns undefined where no object begins there, or a key occurs twice and parties could read it differently.
 */
export function memberPlaces(text: string, at: number): ReadonlyMap<string, Place> | undefined {
  if (text[at] !== '{') return undefined
  const members = new Map<string, Place>()
  let position = skipSpace(text, at + 1)
  while (position < text.length && text[position] !== '}') {
    const keyEnd = skipString(text, position)
    // A part of a text that has passed JSON.parse: a string.
    const key = JSON.parse(text.slice(position, keyEnd)) as string
    const start = skipSpace(text, skipSpace(text, keyEnd) + 1)
    const end = skipValue(text, start)
    if (members.has(key)) return undefined
    members.set(key, { start, end })
    position = skipSpace(text, end)
    if (text[position] === ',') position = skipSpace(text, position + 1)
  }
  return members
}

/** Finds the elements of the list that begins at `at`, under the same terms as {@link memberPlaces}. */
export function elementPlaces(text: string, at: number): readonly Place[] {
  const elements: Place[] = []
  let position = skipSpace(text, at + 1)
  while (position < text.length && text[position] !== ']') {
    const end = skipValue(text, position)
    elements.push({ start: position, end })
    position = skipSpace(text, end)
    if (text[position] === ',') position = skipSpace(text, position + 1)
  }
  return elements
}

/** Returns the position of the first character that is no white space. */
export function skipSpace(text: string, at: number): number {
  let position = at
  while (position < text.length && ' \t\n\r'.includes(text.charAt(position))) position += 1
  return position
}

function skipString(text: string, at: number): number {
  let position = at + 1
  while (position < text.length && text[position] !== '"')
    position += text[position] === '\\' ? 2 : 1
  return position + 1
}

function skipValue(text: string, at: number): number {
  let depth = 0
  let position = at
  while (position < text.length) {
    const character = text.charAt(position)
    if (character === '"') {
      position = skipString(text, position)
      if (depth === 0) return position
      continue
    }
    if (depth === 0 && position > at && ',]} \t\n\r'.includes(character)) return position
    if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') {
      depth -= 1
      if (depth === 0) return position + 1
    }
    position += 1
  }
  return position
}
