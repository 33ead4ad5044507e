import { createRoute, z } from '@hono/zod-openapi'
import { WhodidError } from '@whodid/model'
import { lossAcceptedSchema } from '@whodid/model/answers'
import type { LossService } from '../api-options.ts'
import type { RecordedRead } from '../middleware/recorded-read.ts'
import { boundedLine } from './bounded-line.ts'
import { lineSchema } from './parameter-schemas.ts'
import {
  answered,
  caseHeader,
  everyBody,
  everyRead,
  problems,
  tokenSecurity as security,
} from './route-parts.ts'
import type { Handler } from './route-parts.ts'

/** Characters of a checkpoint with its cosignatures. */
const checkpointLengthMax = 16_384
const reasonLengthMax = 1_000
const nameLengthMax = 200

const place = z.int().min(0).max(Number.MAX_SAFE_INTEGER)

/** `POST /v1/losses` */
export const acceptLossRoute = createRoute({
  method: 'post',
  path: '/v1/losses',
  operationId: 'acceptLoss',
  summary: 'Accept that records are lost',
  description:
    'After a restore: puts on record who answers for the places of a log that are lost, and why. The loss must have happened. Without `places` it is what the log was rolled back by; with them it is rows that are gone. From then on checks say `loss_accepted` in place of `failed`, and never `ok`. It cannot be taken back. For the admin token.',
  security,
  request: {
    headers: caseHeader,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            log: lineSchema(nameLengthMax).describe('The log’s origin'),
            accepted_by: lineSchema(nameLengthMax).describe(
              'The person or role who answers for it; stands in the ledger for ever: 1–200 characters',
            ),
            reason: lineSchema(reasonLengthMax).describe(
              'Why; stands in the ledger for ever: 1–1,000 characters',
            ),
            case_id: lineSchema(nameLengthMax).optional().describe('The case it belongs to'),
            checkpoint: z
              .string()
              .min(1)
              .max(checkpointLengthMax)
              .optional()
              .describe(
                'A checkpoint of the log that was kept elsewhere; default the newest known here',
              ),
            places: z
              .strictObject({ from: place, to: place.describe('The first place that is not lost') })
              .optional(),
          }),
        },
      },
    },
  },
  responses: {
    ...answered('The loss, as it is on record', lossAcceptedSchema),
    ...problems(
      ...everyRead,
      ...everyBody,
      'not_found',
      'not_sealed',
      'nothing_lost',
      'log_full',
      'log_failed',
    ),
  },
})

/** The ports of losses. */
export interface LossDeps {
  /** Without it the route answers `not_found`. */
  readonly losses: LossService | undefined
  readonly recordedRead: RecordedRead
}

/** Answers acceptLossRoute. */
export function answerAcceptLoss({
  losses,
  recordedRead,
}: LossDeps): Handler<typeof acceptLossRoute> {
  return async (c) => {
    const asked = c.req.valid('json')
    const { tenant, name } = c.get('token')
    const line = (field: string, text: string, max: number): string =>
      boundedLine(field, text, { min: 1, max })
    const { log, checkpoint, places, case_id: caseId } = asked
    const acceptedBy = line('accepted_by', asked.accepted_by, nameLengthMax)
    const reason = line('reason', asked.reason, reasonLengthMax)
    const of = caseId === undefined ? '' : line('case_id', caseId, nameLengthMax)
    const request = { tenant, requestedBy: name, reason, caseId: of }
    const run = () => {
      if (losses === undefined)
        throw new WhodidError(
          'not_found',
          'this Whodid takes no loss: it does not verify its ledger',
        )
      return losses.accept({ log, acceptedBy, checkpoint, places }, request)
    }
    // The checkpoint is public, and long; the record quotes it.
    const at = places && { from: `${places.from}`, to: `${places.to}` }
    const question = { log, accepted_by: acceptedBy, reason, ...at }
    return c.json(await recordedRead(c, { roles: ['admin'], question }, { run }), 200)
  }
}
