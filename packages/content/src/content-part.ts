/** Bytes of an envelope's name: the key's ID and eight of its own. */
export const contentRefBytes = 24

/** Bytes of a key's ID, which an envelope's name begins with. */
export const keyIdBytes = 16

/** Bytes of the salt of one commitment. */
export const nonceBytes = 32

/**
 * The parts of a record's text, by the byte that stands for each: `content` is what it says (a prompt, a plan, a call's
 * arguments), `result` what came back, `detail` the JSON of the attributes and events that hold text.
 */
export const contentParts = { content: 1, result: 2, detail: 3 } as const

export type ContentPart = keyof typeof contentParts

/** One part of the text of one record. */
export interface ContentPlace {
  readonly tenant: string
  readonly traceIdHex: string
  readonly spanIdHex: string
  readonly part: ContentPart
}

/** The part that a byte stands for; undefined when it stands for none. */
export function contentPartOf(code: number): ContentPart | undefined {
  if (code === contentParts.content) return 'content'
  if (code === contentParts.result) return 'result'
  return code === contentParts.detail ? 'detail' : undefined
}
