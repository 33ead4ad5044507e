import type { WhoDidAnswer } from '@whodid/model'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { FormToken } from '../../parts/index.ts'
import type { Session } from '../../session/index.ts'
import type { PageQuestion } from './read-question.ts'

/** An answer as it was shown, and to whom. */
interface ShownAnswer {
  readonly session: Session
  readonly question: PageQuestion
  readonly answer: WhoDidAnswer
  readonly askedAt: string
}

/** The form that keeps this answer in a case: as a pin, with a note, or as the question alone. It works without a script. */
export function KeepInCase({ session, question, answer, askedAt }: ShownAnswer): JSX.Element {
  const frozen = { ...question, as_recorded: question.as_recorded ?? askedAt }
  return (
    <details class="keep">
      <summary>Keep in a case</summary>
      <form class="entry-form" method="post" action="/case">
        <FormToken session={session} />
        {Object.entries(frozen).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <label for="keep-case">Case</label>
        <input
          id="keep-case"
          name="case"
          value={session.work.caseId}
          required
          maxlength={200}
          pattern="[!-~]([ -~]*[!-~])?"
          autocomplete="off"
          title="1–200 letters, digits and signs, such as INC-7"
        />
        <label for="keep-text">Remark</label>
        <textarea id="keep-text" name="text" rows={3} maxlength={4_000}>
          {answer.summary.slice(0, 1_000)}
        </textarea>
        <p class="keep-buttons">
          <button type="submit" name="kind" value="pin" class="primary">
            Pin this
          </button>
          <button type="submit" name="kind" value="note">
            Note
          </button>
          <button type="submit" name="kind" value="question">
            Keep the question
          </button>
        </p>
        <p class="note">
          The entry stands under the name {session.reader.name}, with the permalink, and cannot be
          taken back.
        </p>
      </form>
    </details>
  )
}
