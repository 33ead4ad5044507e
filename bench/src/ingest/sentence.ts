import type { Random } from '../random.ts'

const words = (
  'the a of to and in is that for on with as was at by an be this from or which have not are but had they you were ' +
  'their one all there we been has when who will more no if out so up about other into than its time only could new ' +
  'these two may then do first any my now such like our over me even most made after also did many before must through ' +
  'deploy branch commit review merge failing test pipeline database customer invoice record delete update table schema ' +
  'migration rollback incident alert latency error request token session agent prompt plan tool repository issue label ' +
  'assignee approval policy credential secret production staging release version changelog dependency package build ' +
  'cluster node replica shard index query result timeout retry queue worker batch export import archive report summary'
).split(' ')

/** Prose of so many words, the common ones oftener. */
export function sentence(random: Random, length: number): string {
  const chosen: string[] = []
  for (let index = 0; index < length; index += 1) {
    const at = random.int(2) === 0 ? random.int(words.length) : random.int(24)
    chosen.push(words[at] ?? 'the')
  }
  return `${chosen.join(' ')}.`
}
