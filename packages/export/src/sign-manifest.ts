import { sign } from 'node:crypto'
import type { NoteSigner } from '@whodid/tlog'

/** What in-toto and DSSE call the payload. */
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
