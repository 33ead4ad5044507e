import type { Edit, SecretRule } from './secret-rule.ts'
import { isInnocentText } from './secret-value.ts'

/** Kubernetes: every value under `data` and `stringData` of a manifest of kind Secret. */
export const manifestRule: SecretRule = {
  needs: [['data:'], ['kind'], ['secret']],
  find: (text, edits) => {
    if (!/\bkind["']?:[ \t]{0,8}["']?Secret\b/u.test(text)) return
    // The line between one manifest and the next.
    for (const { start, end } of stretches(text, '\n---')) findValues(text, { start, end }, edits)
  },
}

interface Stretch {
  readonly start: number
  readonly end: number
}

function findValues(text: string, manifest: Stretch, edits: Edit[]): void {
  const found: Edit[] = []
  let isSecret = false
  let dataIndent = -1
  for (const { start, end } of stretches(text, '\n', manifest)) {
    const line = text.slice(start, end)
    const bare = line.trim()
    if (bare === '') continue
    const indent = line.length - line.trimStart().length
    if (/^["']?kind["']?:[ \t]{0,8}["']?Secret\b/u.test(bare)) isSecret = true
    if (/^(?:stringData|data):$/u.test(bare)) dataIndent = indent
    else if (dataIndent >= 0 && indent > dataIndent) {
      const [, before = '', value = ''] =
        /^([\w."'-]{1,253}:[ \t]{1,64}["']?)([^\s"'|>][^"'\n]*)/u.exec(bare) ?? []
      const at = start + indent + before.length
      if (value !== '' && !isInnocentText(value))
        found.push({ start: at, end: at + value.length, mark: '[redacted:secret]' })
    } else dataIndent = -1
  }
  if (isSecret) edits.push(...found)
}

/** Returns the parts between separators, each with the separator's line break at its start left out. */
function* stretches(
  text: string,
  separator: string,
  within: Stretch = { start: 0, end: text.length },
): Generator<Stretch> {
  let { start } = within
  while (start < within.end) {
    const next = text.indexOf(separator, start)
    const end = next < 0 || next > within.end ? within.end : next
    yield { start, end }
    start = end + separator.length
  }
}
