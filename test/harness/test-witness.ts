import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addSignatures, generateNoteKey, parsePolicy, parseSkey } from '@whodid/tlog'
import type { NoteVerifier, Policy, TileReader } from '@whodid/tlog'
import { fetchWitnessed, startWitness, submitCheckpoint } from '@whodid/witness'
import type { Submission, WitnessEndpoint } from '@whodid/witness'

/** A witness over HTTP, as a log, a monitor and an investigator meet it. */
export interface TestWitness {
  readonly endpoint: WitnessEndpoint
  /** A policy for which this witness is enough. */
  readonly policy: Policy
  readonly stateDir: string
  readonly submit: (checkpoint: string, reader: TileReader) => Promise<Submission>
  /** Submits, and gives the note with the cosignature. Throws when it is not cosigned. */
  readonly cosign: (checkpoint: string, reader: TileReader) => Promise<string>
  /** What it serves to monitors. */
  readonly served: (origin: string) => Promise<string>
  /** What it keeps of conflicts. */
  readonly conflicts: () => Promise<string[]>
  /** Ends the process and starts it again on the same state. */
  readonly restart: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Starts a witness with a key of its own that knows these logs. */
export async function startTestWitness(
  name: string,
  logs: readonly NoteVerifier[],
): Promise<TestWitness> {
  const stateDir = await mkdtemp(join(tmpdir(), 'whodid-test-witness-'))
  const signer = parseSkey(generateNoteKey(name, 'cosignature').skey)
  const start = () => startWitness({ signer, logs, stateDir, onEvent: () => {} })
  let running = await start()
  const endpoint = (): WitnessEndpoint => ({ key: signer.verifier, url: running.url })
  const submit = (checkpoint: string, reader: TileReader): Promise<Submission> =>
    submitCheckpoint(endpoint(), { checkpoint, reader })
  return {
    get endpoint() {
      return endpoint()
    },
    policy: parsePolicy(`witness w ${signer.verifier.vkey}\nquorum w\n`),
    stateDir,
    submit,
    cosign: async (checkpoint, reader) => {
      const answer = await submit(checkpoint, reader)
      if (answer.outcome !== 'cosigned') throw new Error(`${answer.outcome}: ${answer.detail}`)
      return addSignatures(checkpoint, answer.lines)
    },
    served: async (origin) => {
      const answer = await fetchWitnessed(endpoint(), origin)
      if (answer.outcome !== 'served') throw new Error(answer.outcome)
      return answer.note
    },
    conflicts: async () => {
      const paths = (await readdir(stateDir, { recursive: true })).filter((path) =>
        /conflicts[/\\][0-9a-f]+$/u.test(path),
      )
      return Promise.all(paths.map((path) => readFile(join(stateDir, path), 'utf8')))
    },
    restart: async () => {
      await running.stop()
      running = await start()
    },
    stop: async () => {
      await running.stop()
      await rm(stateDir, { recursive: true })
    },
  }
}
