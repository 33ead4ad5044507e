import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { requestApi } from '@whodid/client'
import { printableLine, WhodidError } from '@whodid/model'
import { readApiAccess } from '../api-access.ts'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'
import type { ParsedArguments } from '../parse-arguments.ts'
import { caseIdOf, parametersOf, timeHelp } from '../question-options.ts'

/** `whodid export`: the evidence behind an answer. */
export const exportCommand: Command = {
  name: 'export',
  help: `Usage: whodid export <handle> [options]
       whodid export --trust [--out trust.json]
       whodid export verify <package> --trust <trust.json> [--fresh-within <hours>]

Writes an evidence package: a zip of the answer with every record of the traces it quotes, their proofs, the texts that are
still there, who looked at it, and verify.mjs, which checks all of it offline on any machine with Node.

  --case <id>          the case this belongs to; stands in the package and with the read
  --out <file>         where to (default evidence.zip, or trust.json); an existing file is not replaced
  --at, --as-recorded, --from, --to <t>, --verb <verb>   as for whodid ask
  --trust              instead: the public keys that packages are checked with. Hand them over by another way
  --json               one JSON object that says what was written

${timeHelp}

verify checks a package offline with this installation's own copy of the verifier; node verify.mjs evidence.zip --trust trust.json does the
same where Whodid is not installed. Exit codes: 0 all holds, 10, 20, 30, 40, 50 as docs/howto/evidence.md says, 2 asked wrongly.
Environment: WHODID_API_URL, WHODID_TOKEN.`,
  run: exportEvidence,
}

async function exportEvidence(context: CommandContext): Promise<number> {
  const [first, ...rest] = context.args
  // Loaded for this alone: it brings the code that decides answers a second time.
  if (first === 'verify') return (await import('@whodid/evidence/verify')).runVerifier(rest)
  const string = { type: 'string' } as const
  const typed = parseArguments(
    context.args,
    {
      case: string,
      out: string,
      at: string,
      'as-recorded': string,
      from: string,
      to: string,
      verb: string,
      trust: { type: 'boolean' },
      json: { type: 'boolean' },
    },
    { min: 0, max: 1, what: 'one handle' },
  )
  const isTrust = typed.flag('trust')
  const [handle] = typed.positionals
  if ((handle === undefined) !== isTrust)
    throw new WhodidError('invalid_parameter', 'expected either a handle or --trust')
  const access = await readApiAccess(context.environment)
  const request = isTrust ? {} : { post: questionOf(typed, handle ?? ''), caseId: caseIdOf(typed) }
  const answer = await requestApi(access, isTrust ? '/v1/trust' : '/v1/exports', {
    ...request,
    signal: context.stopping,
  })
  const bytes = Buffer.from(await answer.arrayBuffer())
  const out = resolve(typed.value('out') ?? (isTrust ? 'trust.json' : 'evidence.zip'))
  await save(out, bytes)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const said = typed.flag('json')
    ? JSON.stringify({ file: out, bytes: bytes.length, sha256 })
    : `${printableLine(out)}: ${bytes.length} bytes, SHA-256 ${sha256}`
  context.stdout.write(`${said}\n`)
  return 0
}

function questionOf(typed: ParsedArguments, of: string): Readonly<Record<string, string>> {
  return { of, ...parametersOf(typed, ['at', 'as_recorded', 'from', 'to', 'verb']) }
}

/** Evidence that is there already is not written over. */
async function save(path: string, bytes: Buffer): Promise<void> {
  try {
    await writeFile(path, bytes, { flag: 'wx', mode: 0o600 })
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : 'unknown failure'
    throw new WhodidError(
      'invalid_parameter',
      `--out expected a new file that can be written: ${why}`,
    )
  }
}
