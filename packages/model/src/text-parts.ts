/**
 * The parts of a record's text: `content` is its own text (a prompt, a plan, a call's arguments), `result` the response,
 * `detail` the JSON of the attributes, events and links that hold text.
 */
export const textParts = ['content', 'result', 'detail'] as const

export type TextPart = (typeof textParts)[number]

/** The bit that stands for each part in `text_at`; the bits above them are the offset of the record's entry in its block. */
export const textPartBits: Readonly<Record<TextPart, number>> = { content: 1, result: 2, detail: 4 }

/** True when a record has a part, as its `text_at` says. */
export function hasPart(textAt: number, part: TextPart): boolean {
  return (textAt & textPartBits[part]) !== 0
}
