import type { WhoDidAnswer } from '@whodid/model'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { AcceptedLosses, checkWords, Instant, Name } from '../../parts/index.ts'

const states: Readonly<Record<WhoDidAnswer['integrity']['state'], string>> = {
  sealed: 'Every record quoted here is as it was sealed.',
  pending: 'Not all records quoted here are sealed yet; sealing takes a second or so.',
  failed: 'A record quoted here is not what was sealed.',
}

/** The state of the answer's proof, as far as its own records go and no further. */
function stateText({ integrity, chain }: WhoDidAnswer): string {
  if (integrity.state === 'pending' && chain.length === 0)
    return 'No record is quoted here, so that there is nothing to prove: no seal proves an absence.'
  if (integrity.state === 'failed' && integrity.findings.length === 0)
    return 'The ledger is not what was sealed. Of the records quoted here none was found changed; others may have been taken away.'
  return states[integrity.state]
}

/** The integrity of the answer, and the means to check it: in the browser, on the command line. */
export function Proof({ answer }: { answer: WhoDidAnswer }): JSX.Element {
  const { integrity, action, cost } = answer
  return (
    <section class={integrity.state === 'failed' ? 'panel is-alarm' : 'panel'}>
      <h2>
        Proof{' '}
        {answer.chain.length === 0 && integrity.state === 'pending' ? null : (
          <span class={`seal seal-${integrity.state}`}>{integrity.state}</span>
        )}
      </h2>
      <p>{stateText(answer)}</p>
      {integrity.findings.map(({ span, text }) => (
        <p class="refused">
          <a href={`/ask?of=span:${span}`}>…{span.slice(-8)}</a> <Name of={text} max={300} />
        </p>
      ))}
      <dl class="pairs">
        {integrity.assurance === null ? null : (
          <Pair label="Assurance" value={integrity.assurance} />
        )}
        {integrity.log === null ? null : <Pair label="Log" value={integrity.log} />}
        {integrity.index === null ? null : <Pair label="Place" value={`${integrity.index}`} />}
        <Check answer={answer} />
      </dl>
      {integrity.proof === null || action === null ? null : (
        <div class="check" data-proof={`/proof?span=${action.span}`}>
          <p class="script-only">
            <button type="button" data-check="">
              Check in this browser
            </button>
          </p>
          <div role="status">
            <ol class="steps" />
          </div>
          <p class="note">
            On a machine of your own, with a key that you keep:{' '}
            <code>whodid verify --of span:{action.span}</code>
          </p>
        </div>
      )}
      {integrity.checkpoint === null ? null : (
        <details>
          <summary>Checkpoint</summary>
          <pre>{integrity.checkpoint}</pre>
        </details>
      )}
      <p class="note">
        {cost.statements === 1 ? '1 statement' : `${cost.statements} statements`},{' '}
        {cost.rows_read.toLocaleString('en')} rows read, {Math.round(cost.elapsed_ms)} ms
      </p>
    </section>
  )
}

function Pair({ label, value }: { label: string; value: string }): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <Name of={value} />
      </dd>
    </div>
  )
}

/** The service's check of its whole ledger. */
function Check({ answer }: { answer: WhoDidAnswer }): JSX.Element | null {
  const { check } = answer.integrity
  if (check === null) return null
  return (
    <div>
      <dt>Ledger</dt>
      <dd>
        self-check {checkWords[check.state] ?? check.state}
        {check.checked_at === null ? null : (
          <>
            {' '}
            at <Instant at={check.checked_at} part="time" />
          </>
        )}
        <AcceptedLosses losses={check.accepted_losses} />
      </dd>
    </div>
  )
}
