import { afterSign, fieldTails } from './field-tails.ts'
import { markupTails } from './markup-tails.ts'
import { phraseTails } from './phrase-tails.ts'
import { nameTriggers, nextSecretName } from './secret-names.ts'
import type { SecretName } from './secret-names.ts'
import type { Edit, SecretRule } from './secret-rule.ts'
import { editAt } from './secret-tail.ts'

const tails = [...fieldTails, ...markupTails, ...phraseTails]

/**
 * Secrets that are known by the name before them, in any form: `password: …`, `"api_key": "…"`, `DB_TOKEN=…`,
 * `<secret>…</secret>`, `the password is …`. Each name is found once, and what follows is tried at its end: a text that
 * speaks of tokens costs one pass.
 */
export const namedSecrets: SecretRule = {
  needs: [nameTriggers],
  find: (text, edits) => {
    let from = 0
    for (
      let name = nextSecretName(text, from);
      name !== undefined;
      name = nextSecretName(text, from)
    ) {
      from = name.end
      const edit = firstEdit(name, text)
      if (edit === undefined) continue
      edits.push(edit)
      from = Math.max(from, edit.end)
    }
  },
}

function firstEdit(name: SecretName, text: string): Edit | undefined {
  const first = text[name.end] ?? ''
  const opening = first === '' ? undefined : afterSign(text, name.end)
  for (const tail of tails) {
    if (first === '' || !tail.first.includes(first)) continue
    if (tail.opens !== undefined && (opening === undefined || !tail.opens.includes(opening)))
      continue
    const edit = editAt(tail, name, text)
    if (edit !== undefined) return edit
  }
  return undefined
}
