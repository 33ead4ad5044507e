import { addStatement } from './add-rows.ts'
import type { Gathered, RowSources } from './add-rows.ts'
import { completeDecision } from './complete-decision.ts'
import { decide } from './decide.ts'
import { soughtTextsSql } from './evidence/more-records-sql.ts'
import { followPrompts } from './initiating-prompt.ts'
import { holdsText, promptTellers } from './tell-prompt.ts'
import type { EvidenceRecord } from './evidence/evidence-record.ts'

/**
 * Gathers the texts of the model calls and log records that may tell what the run was asked, where its own record does not. No
 * statement where it does, or where nothing of the run holds a text. Throws what `Selector.select` throws.
 */
export async function seekTexts(sources: RowSources, found: Gathered): Promise<Gathered> {
  if (![...found.evidence.kin.values()].flat().some(isSilentPrompt)) return found
  const decision = completeDecision(decide(found.evidence))
  if (decision.verdict !== 'agent') return found
  const { prompts } = followPrompts(decision)
  const refs = [...new Set([prompts[0], prompts.at(-1)])]
    .filter((prompt) => prompt !== undefined && prompt.content_state.state === 'withheld')
    .flatMap((prompt) => (prompt === undefined ? [] : promptTellers(decision, prompt)))
    .filter((teller) => teller.content_state.state === 'unread')
    .map((teller) => teller.content_ref)
  if (refs.length === 0) return found
  const parameters = { refs: [...new Set(refs)].join(',') }
  return addStatement(sources, found, { sql: soughtTextsSql, parameters })
}

function isSilentPrompt(record: EvidenceRecord): boolean {
  return record.kind === 'prompt' && !holdsText(record)
}
