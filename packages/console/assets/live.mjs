// The live list

const live = document.querySelector('[data-live]')
if (live !== null) void follow(live)

async function follow(table) {
  const pause = document.querySelector('[data-live-pause]')
  const state = document.querySelector('[data-live-state]')
  const form = document.querySelector('[data-live-filters]')
  const body = table.querySelector('tbody')
  const max = Number(table.dataset.liveMax)
  let from = table.dataset.live
  let held = []
  let paused = false
  pause.addEventListener('click', () => {
    paused = !paused
    pause.setAttribute('aria-pressed', String(paused))
    pause.textContent = paused ? 'Go on' : 'Pause'
    if (!paused) show(held.splice(0))
  })
  const show = (records) => {
    for (const record of records) body.prepend(rowOf(record))
    while (body.rows.length > max) body.rows[body.rows.length - 1].remove()
  }
  const take = (line) => {
    if (line === '' || line.startsWith('{"_')) return
    const record = JSON.parse(line)
    from = record.received_at
    if (!fits(record, new FormData(form))) return
    if (paused) held = [...held, record].slice(-max)
    else show([record])
    if (paused) state.textContent = `${held.length} held`
  }
  for (let failures = 0; failures < 5;) {
    try {
      await readLines(`/live/stream?from=${encodeURIComponent(from)}`, take, () => {
        failures = 0
        state.textContent = 'Following'
      })
    } catch (thrown) {
      if (thrown.message === 'ended') failures += 1
    }
    await new Promise((resolve) => setTimeout(resolve, failures * 2_000))
  }
  state.textContent = 'Not following any more: load the page again'
}

async function readLines(url, take, onOpen) {
  const answer = await fetch(url, { redirect: 'error' }).catch(() => undefined)
  if (answer === undefined || !answer.ok) throw new Error('ended')
  onOpen()
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const whole = (rest + value).split('\n')
    rest = whole.pop()
    for (const line of whole) take(line)
  }
}

function fits(record, filters) {
  const texts = {
    kind: record.record_kind,
    agent: `${record.template ?? ''} ${record.instance ?? ''} ${record.delegator ?? ''}`,
    verb: record.verb,
    resource: record.resource,
  }
  return [...filters].every(([name, part]) =>
    (texts[name] ?? '').toLowerCase().includes(part.toLowerCase()),
  )
}

function rowOf(record) {
  const row = document.querySelector('[data-live-row]').content.cloneNode(true).querySelector('tr')
  const set = (selector, text) => {
    row.querySelector(selector).textContent = visible((text ?? '').slice(0, 160))
  }
  row.querySelector('a').href = `/ask?of=span:${record.span}`
  set('time', record.started_at.slice(0, 19).replace('T', ' '))
  set('.record-kind', record.record_kind)
  set('.by bdi', record.template ?? record.instance ?? record.actor_type)
  set('.act .verb', record.verb)
  set('.act bdi', record.resource ?? record.name)
  set('.outcome', record.outcome)
  row.querySelector('.outcome').className = `outcome outcome-${record.outcome ?? 'none'}`
  return row
}

/** As on the server: characters that cannot be seen are shown by their code. */
function visible(text) {
  return text
    .toWellFormed()
    .replace(
      /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
      (found) => `⟨U+${found.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
    )
}
