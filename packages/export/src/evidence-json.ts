import { createHash } from 'node:crypto'
import type { WhoDidAnswer } from '@whodid/model'
import type { Evidence } from './evidence.ts'
import { decisionCodeId } from './verify-guide.ts'

/** The answer as a package holds it. */
export function answerJson(answer: WhoDidAnswer): string {
  return `${JSON.stringify(answer, null, 2)}\n`
}

/** What the answer was decided from, a row a line, by which code, and the digest of the answer itself. */
export function evidenceJson({ answer, index }: Pick<Evidence, 'answer' | 'index'>): string {
  const { question, rows, texts } = index
  const sha256 = createHash('sha256').update(answerJson(answer)).digest('hex')
  return `{"decided_with":${JSON.stringify(decisionCodeId())},
"answer_sha256":${JSON.stringify(sha256)},
"question":${JSON.stringify(question)},
"rows":${listed(rows)},
"texts":${listed(texts)}}
`
}

function listed(values: readonly unknown[]): string {
  return `[\n${values.map((value) => JSON.stringify(value)).join(',\n')}\n]`
}
