import { readFileSync } from 'node:fs'
import type { Evidence } from './evidence.ts'

/** The page inside a package that says what it is and how to check it. Holds no text of an agent. */
export function verifyGuide({ records, contents, made }: Evidence): string {
  return `# Evidence package

Exported ${made.at} with ${made.product}: ${records.length} records, ${contents.length} texts.

## Check it

    node verify.mjs <this package> --trust trust.json

Node 20 or newer is all it takes; nothing is installed and nothing is fetched. Get \`verify.mjs\` and \`trust.json\` from the owner of the log by another way than
this package: whoever can alter the package can alter the copy of the verifier in it. Where Whodid is installed, \`whodid export verify\` is a copy of your own. \`trust.json\` names the keys that you trust:

    { "logs": [{ "vkey": "…", "from_size": 0, "to_size": null }], "witnesses": [], "quorum": 0, "exporters": ["…"], "meta_logs": [], "statements": true }

Where \`meta_logs\` names a meta-log, each log must be in it, and its cosignatures count for the logs.

Where \`statements\` is true, a package without the log's own record of its evidence is refused.

Exit codes: 0 all of it holds, 2 asked wrongly, 10 unwitnessed, unrecorded by the meta-log, or decided by other code, 20 stale, 30 inconsistent, 40 tampered, 50 malformed.

## What it proves, and what not

Each record is, byte for byte, what the log held when the checkpoint was signed; each text is the one that its record committed to; the answer is
decided again from the records that are here, by the code that decided it. It does not prove that nothing else happened: what was never sent to the log is in no log, and records that were not part of the
answer are not in the package. With \`quorum\` 0 nobody but the holder of the log's key vouches for the log.

## Files

- \`answer.json\`: the answer as it was given. \`evidence.json\`: the records that it was decided from, by their places. \`statement.bin\`: the log's own record that this was handed out. \`manifest.json\`, \`manifest.dsse.json\`: digests of all files, signed (DSSE, in-toto Statement v1).
- \`records.bin\`: the records as they were hashed, each behind its length (4 bytes, big-endian). \`records.jsonl\`: the same to read.
- \`proofs/<log>/<index>.tlog-proof\`: c2sp.org/tlog-proof@v1. \`checkpoints/<log>.json\`: the log's checkpoints with consistency proofs. \`checkpoints/<log>.keys\`: a copy, for information.
- \`meta-log/<log>.json\`, where there is a meta-log: a checkpoint of the log as an entry of it, and the entry's proof; or why there is none.
- \`content/<span>.<part>.json\`: texts with their salts. \`absent.jsonl\`: texts that are no longer there, and why.
- \`custody.jsonl\`: who looked at this evidence. \`case.jsonl\`, in a package of a case: the notes, pins and questions of its notebook, as the service held them; the package's signature covers them, and no log proves them. \`timeline.jsonl\`: for Timesketch. \`ocsf.jsonl\`: OCSF 1.9.0 events, class API Activity.
`
}

/** The verifier that goes into packages: one file, with the code that decides answers at its end. */
export function readVerifier(): Buffer {
  return readFileSync(new URL('../verify.mjs', import.meta.url))
}

/**
 * The name of the decision code in the verifier, which is that of the code that runs here: a test holds the two to one
 * text. '' when there is none: an own bug.
 */
export function decisionCodeId(): string {
  const end = readVerifier().subarray(-idWithin).toString('latin1')
  return /id: '([0-9a-f]+)' \}\)\n/u.exec(end)?.[1] ?? ''
}

/** Bytes at the end of the file among which the name stands. */
const idWithin = 400
