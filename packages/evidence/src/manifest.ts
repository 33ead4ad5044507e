import { createHash, sign } from 'node:crypto'
import type { NoteSigner } from '@whodid/tlog'
import type { Evidence } from './evidence.ts'

/** The type of our statements, as in-toto names it. */
const predicateType = 'https://whodid.dev/evidence/v1'

/** The package's own list of its files, with who made it, why, and what is not in it. */
export function manifestOf(evidence: Evidence, files: ReadonlyMap<string, Buffer>): unknown {
  return {
    ...predicateOf(evidence),
    records: evidence.records.length,
    records_truncated: evidence.isTruncated,
    texts: evidence.contents.length,
    texts_absent: evidence.absentContents.length,
    ...(evidence.caseEntries && { case_entries: evidence.caseEntries.length }),
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

/** The media type of the payload in DSSE. */
const payloadType = 'application/vnd.in-toto+json'

/**
 * Signs a statement as a DSSE envelope (protocol v1, Ed25519): one line of JSON. The signature is over the exact bytes of
 * the payload, so nothing hangs on how JSON is written.
 */
export function signManifest(statement: unknown, { verifier, privateKey }: NoteSigner): Buffer {
  const payload = Buffer.from(JSON.stringify(statement))
  const head = `DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `
  const signature = sign(null, Buffer.concat([Buffer.from(head), payload]), privateKey)
  const envelope = {
    payloadType,
    payload: payload.toString('base64'),
    signatures: [{ keyid: verifier.vkey, sig: signature.toString('base64') }],
  }
  return Buffer.from(`${JSON.stringify(envelope)}\n`)
}
