import { attribute } from '@whodid/model'
import { decode } from '../otlp/decode.ts'
import type { DecodeRequest, OtlpBatch } from '../otlp/decode.ts'
import type { IngestClient } from '../senders/ingest-clients.ts'
import type { Identity } from './open-identity.ts'
import { SealView } from './seal-view.ts'

/** Bytes of a request that is searched for seals: it is decoded as a whole, before its first record is made. */
const searchedBytesMax = 8 * 1024 * 1024

/** The seals of a request; and its spans, where they had to be decoded to find them. */
export interface SealedBatch {
  readonly seals: SealView
  readonly batch: OtlpBatch | undefined
}

/** The part of the identity that seals are verified by. */
export type SealingIdentity = Pick<Identity, 'tokens' | 'standingOf'>

/** Finds the seals of a request. One without any, which most are, is not decoded here. Throws the errors of `decode`. */
export function sealedBatch(
  body: DecodeRequest,
  {
    client,
    identity: { tokens, standingOf },
    nowUnixNs,
  }: {
    readonly client: IngestClient
    readonly identity: SealingIdentity
    readonly nowUnixNs: bigint
  },
): SealedBatch {
  const { bytes, signal } = body
  const nowS = Number(nowUnixNs / 1_000_000_000n)
  const deps = { find: (hash: string) => tokens.find(hash), standingOf, nowS }
  const isSearched = signal === 'spans' && bytes.length <= searchedBytesMax
  const batch = isSearched && bytes.includes(attribute.sealJws) ? decode(body) : undefined
  const spans = batch?.signal === 'spans' ? batch.groups : []
  return { seals: new SealView(spans, client, deps), batch }
}
