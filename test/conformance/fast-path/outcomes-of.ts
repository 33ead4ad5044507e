import { contentSubject } from '@whodid/content'
import { ByteWriter, WhodidError, writeRow } from '@whodid/model'
import { fastGroup } from '../../../packages/collector/src/fast/fast-group.ts'
import { takeSpan } from '../../../packages/collector/src/fast/take-span.ts'
import type { RequestContext } from '../../../packages/collector/src/normalize/draft.ts'
import { finishRecord } from '../../../packages/collector/src/normalize/finish-record.ts'
import { normalize } from '../../../packages/collector/src/normalize/normalize.ts'
import { redact } from '../../../packages/collector/src/normalize/redact.ts'
import type { TakeItem } from '../../../packages/collector/src/otlp/batch.ts'
import { decodeStream } from '../../../packages/collector/src/otlp/decode.ts'

/** What becomes of one span. */
export interface Outcome {
  readonly rowHex: string
  readonly places: unknown
  readonly texts: readonly string[]
  readonly subject: string
}

/** What becomes of a request: its records in order, and what is refused; or the error that refuses all of it. */
export interface Outcomes {
  readonly records: readonly Outcome[]
  readonly refused: unknown
  readonly fastCount: number
}

const logId = 'collector.example/log'
/** A batch of the bench keeps within the bound; a small request of odd spans may not. */
const elementsMaxOf = (bytes: Buffer): number => (bytes.length > 300_000 ? 100_000 : 3_000)
const row = new ByteWriter()

/** Sends a request in protobuf along the general path, or along the fast one where that takes a span. */
export function outcomesOf(bytes: Buffer, context: RequestContext, isFast: boolean): Outcomes {
  const records: Outcome[] = []
  let fastCount = 0
  const take: TakeItem = (body, place, head) => {
    const group = fastGroup(head, context, logId)
    row.clear()
    const taken = group === undefined ? undefined : takeSpan(row, group, { bytes: body, place })
    if (taken === undefined) return 0
    fastCount += 1
    const { content, result, detail } = taken.texts
    records.push({
      rowHex: Buffer.from(row.view()).toString('hex'),
      places: taken.places,
      texts: [content, result, detail].map((writer) => Buffer.from(writer.view()).toString('utf8')),
      subject: contentSubject(taken.subject),
    })
    return taken.span.elementCount
  }
  const limits = { elementsMax: elementsMaxOf(bytes), valueDepthMax: 32 }
  const body = { bytes, encoding: 'protobuf', signal: 'spans', limits } as const
  try {
    const refused = normalize(
      decodeStream({ ...body, take: isFast ? take : undefined }),
      context,
      (draft) => {
        const record = finishRecord(redact(draft))
        record.logId = logId
        row.clear()
        const places = writeRow(row, record)
        const rowHex = Buffer.from(row.view()).toString('hex')
        const texts = [record.content, record.result, record.detail]
        records.push({ rowHex, places, texts, subject: contentSubject(record) })
      },
    )
    return { records, refused, fastCount }
  } catch (thrown) {
    if (!(thrown instanceof WhodidError)) throw thrown
    return { records: [], refused: thrown.message, fastCount }
  }
}
