import { canonicalExpression } from '@whodid/store'

/** Selects the canonical form of one record, in base64. Parameters: `trace` and `span` (hex), `index`. */
export const entrySql: string = `SELECT base64Encode(${canonicalExpression('spans')}) AS form FROM whodid.spans
      WHERE trace_id = toFixedString(unhex({trace:String}), 16) AND span_id = toFixedString(unhex({span:String}), 8)
        AND log_index = {index:UInt64} LIMIT 1`
