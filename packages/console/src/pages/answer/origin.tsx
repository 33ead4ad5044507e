import type { Input, WhoDidAnswer } from '@whodid/model'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { durationText, GradeMark, Quote, Thing, toUnixMs, TrustMark } from '../../parts/index.ts'

/** The prompt that began the task, the last instruction, and the plan. */
export function Origin({ answer }: { answer: WhoDidAnswer }): JSX.Element | null {
  const { prompt, nearest_prompt: nearest, plan } = answer
  if (prompt === null && nearest === null && plan === null) return null
  return (
    <section class="panel">
      <h2>Prompt and plan</h2>
      {prompt === null ? null : (
        <>
          <p class="sub">
            The task began with a prompt from <strong>{prompt.origin}</strong>{' '}
            <GradeMark of={prompt.grade} />
          </p>
          <Quote text={prompt.text} label="prompt" />
        </>
      )}
      {nearest === null ? null : (
        <>
          <p class="sub">
            The actor’s last instruction came from <strong>{nearest.origin}</strong>{' '}
            <GradeMark of={nearest.grade} />
          </p>
          <Quote text={nearest.text} label="prompt of the acting agent" />
        </>
      )}
      {plan === null ? null : (
        <>
          <p class="sub">
            {plan.step === null ? 'It had a plan' : `This was step ${plan.step} of its plan`}
          </p>
          <Quote text={plan.text} label="plan" />
        </>
      )}
    </section>
  )
}

/** Content from outside that the agent had read before it acted, the untrusted first. */
export function Inputs({
  inputs,
  action,
}: {
  inputs: readonly Input[]
  action: WhoDidAnswer['action']
}): JSX.Element | null {
  if (inputs.length === 0) return null
  const untrusted = inputs.filter(({ trust }) => trust === 'untrusted').length
  return (
    <section class={untrusted > 0 ? 'panel is-warning' : 'panel'}>
      <h2>
        Read before it acted{' '}
        <span class="count">
          {untrusted === 0 ? `${inputs.length}` : `${untrusted} untrusted of ${inputs.length}`}
        </span>
      </h2>
      <table class="inputs">
        <thead class="unseen">
          <tr>
            <th scope="col">Trust</th>
            <th scope="col">Source</th>
            <th scope="col">Read by</th>
            <th scope="col">Before the act</th>
          </tr>
        </thead>
        <tbody>
          {inputs.map((input) => (
            <tr class={input.trust === 'untrusted' ? 'is-untrusted' : ''}>
              <td>
                <TrustMark of={input.trust} />
              </td>
              <td class="act">
                <Thing kind="resource" id={input.source} />
              </td>
              <td class="by">
                {input.instance === null ? (
                  ''
                ) : (
                  <Thing kind="instance" id={input.instance} max={40} />
                )}
              </td>
              <td class="num">
                <a href={`/ask?of=span:${input.span}`} title={input.read_at}>
                  {action === null
                    ? input.read_at.slice(11, 19)
                    : `${durationText(toUnixMs(action.started_at) - toUnixMs(input.read_at))} before`}
                </a>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
