import { printableLine } from '@whodid/model'
import type { RecordRow } from './record-row.ts'

const lengthMax = 500

/**
 * What a record says in one line, as timelines and SIEMs show it: `<who>: <kind> <verb> <what>`, 500 characters at most. A part
 * that the next one begins with is left out: no record is a `prompt prompt` or a `tool_call read read_file`.
 */
export function recordSentence(row: RecordRow): string {
  const at = (column: string): string => printableLine(String(row[column] ?? ''), lengthMax)
  const who = at('instance_id') || at('user_id') || at('service_name') || 'somebody'
  const what = at('resource_id') || at('tool_name') || at('name')
  let said = ''
  for (const part of [what, at('verb'), at('record_kind')])
    if (part !== '' && !beginsWith(said, part)) said = `${part} ${said}`.trim()
  return printableLine(`${who}: ${said}`, lengthMax)
}

/** Whether a text begins with these words, whole; letters' case and the joints between words aside. */
function beginsWith(text: string, words: string): boolean {
  const [inText, sought] = [wordsOf(text), wordsOf(words)]
  return sought.length > 0 && sought.every((word, index) => inText[index] === word)
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}
