import type { Context } from 'hono'
import { gradeMeanings, htmlOf, Page } from '../parts/index.ts'
import type { PageEnv } from '../session/index.ts'

const keys: readonly (readonly [string, string])[] = [
  ['/', 'to the search box'],
  ['?', 'this page'],
  ['j, k', 'the next and the previous line of a table or a list'],
  ['Enter', 'open the line'],
  ['g n', 'now: the start page'],
  ['g a', 'acts'],
  ['g l', 'live'],
  ['g c', 'cases'],
  ['y', 'copy the permalink of an answer'],
  ['v', 'check the proof of an answer'],
  ['Esc', 'leave the search box'],
]

/** Answers `/help`. */
export function helpPage(c: Context<PageEnv>): Promise<Response> {
  return htmlOf(
    c,
    <Page title="Help" session={c.get('session')} active="/help">
      <h1>Help</h1>
      <div class="columns">
        <section class="grow">
          <h2>Keyboard</h2>
          <dl class="keys">
            {keys.map(([key, meaning]) => (
              <div>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
          <h2>What the search box takes</h2>
          <p>
            A URL of a pull request, an issue, a commit or a file; <code>acme/app#812</code>; a
            resource such as <code>db:row:shop/customers/42</code>; a trace ID;{' '}
            <code>trace-span</code>; a person’s address; the ID of an instance, a template, an
            action, a credential, a correlation, a session. <code>kind:id</code> says which. Less
            will do: the beginning of a hash, an IP address, a host, a login, words of a prompt,{' '}
            <code>what was deleted on tuesday</code>.
          </p>
        </section>
        <section class="grow">
          <h2>Grades, strongest first</h2>
          <dl class="keys">
            {Object.entries(gradeMeanings).map(([grade, meaning]) => (
              <div>
                <dt>
                  <span class={`grade grade-${grade}`}>{grade}</span>
                </dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
          <h2>Elsewhere</h2>
          <p>
            <a href="/docs/api">The API</a> · <a href="/docs/errors">Error codes</a> ·{' '}
            <a href="/readyz">Is it ready?</a>
          </p>
        </section>
      </div>
    </Page>,
  )
}
