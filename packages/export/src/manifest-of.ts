import { createHash } from 'node:crypto'
import type { Evidence } from './evidence.ts'

/** What says which question a statement of ours answers. */
const predicateType = 'https://whodid.dev/evidence/v1'

/** The package's own list of its files, with who made it, why, and what is not in it. */
export function manifestOf(evidence: Evidence, files: ReadonlyMap<string, Buffer>): unknown {
  return {
    ...predicateOf(evidence),
    records: evidence.records.length,
    records_truncated: evidence.isTruncated,
    texts: evidence.contents.length,
    texts_absent: evidence.absentContents.length,
    files: [...files].map(([name, content]) => ({
      name,
      bytes: content.length,
      sha256: sha256(content),
    })),
  }
}

/** An in-toto Statement v1: the files by their digests, and what was asked, by whom, why. */
export function statementOf(evidence: Evidence, files: ReadonlyMap<string, Buffer>): unknown {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [...files].map(([name, content]) => ({ name, digest: { sha256: sha256(content) } })),
    predicateType,
    predicate: predicateOf(evidence),
  }
}

function predicateOf({ answer, made }: Evidence): Record<string, unknown> {
  return {
    question: answer.question,
    verdict: answer.verdict,
    case: made.case,
    made_at: made.at,
    made_by: made.by,
    made_with: made.product,
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
