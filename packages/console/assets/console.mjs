// The console's one script: keyboard, copies, the check of a proof, the live list. Every page works without it.

document.documentElement.classList.add('has-script')

const search = document.querySelector('#search')

// Keyboard

const places = { n: '/', a: '/acts', l: '/live', c: '/cases', g: '/agents' }
let afterG = false
let picked = -1

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (isTyping(event.target)) {
    if (event.key === 'Escape') event.target.blur()
    return
  }
  const handled = onKey(event.key)
  afterG = event.key === 'g' && !handled
  if (handled) event.preventDefault()
})

function onKey(key) {
  if (afterG && Object.hasOwn(places, key)) return go(places[key])
  if (key === '/' && search !== null) {
    search.focus()
    search.select()
    return true
  }
  if (key === '?') return go('/help')
  if (key === 'j' || key === 'k') return pick(key === 'j' ? 1 : -1)
  if (key === 'Enter') return openPicked()
  if (key === 'y') return press('[data-copy-link]')
  return key === 'v' && press('[data-check]')
}

function go(path) {
  location.assign(path)
  return true
}

function press(selector) {
  const found = document.querySelector(selector)
  found?.click()
  return found !== null
}

function lines() {
  return [
    ...document.querySelectorAll(
      'main tbody tr, main .rows li, main .candidates li, main .around li, main .entries li',
    ),
  ]
}

function pick(step) {
  const all = lines()
  if (all.length === 0) return false
  all[picked]?.classList.remove('is-picked')
  picked = Math.min(Math.max(picked + step, 0), all.length - 1)
  all[picked].classList.add('is-picked')
  all[picked].scrollIntoView({ block: 'nearest' })
  all[picked].querySelector('a')?.focus({ preventScroll: true })
  return true
}

function openPicked() {
  if (document.activeElement !== document.body) return false
  const link = lines()[picked]?.querySelector('a')
  link?.click()
  return link instanceof HTMLElement
}

function isTyping(target) {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLSelectElement ||
    target instanceof HTMLTextAreaElement
  )
}

// Copies

const said = document.querySelector('#copied')

for (const link of document.querySelectorAll('[data-copy-link]'))
  link.addEventListener('click', (event) => void copy(event, async () => link.href))

for (const link of document.querySelectorAll('[data-copy]'))
  link.addEventListener('click', (event) => void copy(event, () => textAt(link.href)))

async function copy(event, textOf) {
  // Without the clipboard (an address that is not secure) the link is followed.
  if (!isSecureContext || event.shiftKey) return
  event.preventDefault()
  const link = event.currentTarget
  try {
    await navigator.clipboard.writeText(await textOf())
    if (said !== null) said.textContent = `${link.textContent.trim()} copied`
  } catch {
    // The browser refused the clipboard; the text itself is the next best.
    location.assign(link.href)
  }
}

async function textAt(url) {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`${answer.status}`)
  return answer.text()
}

// The proof: the leaf and the path are computed here and held against the root of the checkpoint.

for (const button of document.querySelectorAll('[data-check]'))
  button.addEventListener('click', () => void checkProof(button.closest('[data-proof]')))

async function checkProof(place) {
  const steps = place.querySelector('.steps')
  steps.replaceChildren()
  const say = (text, good) => {
    const line = document.createElement('li')
    line.textContent = text
    line.className = good ? '' : 'is-bad'
    steps.append(line)
    return good
  }
  try {
    const answer = await fetch(place.dataset.proof)
    if (!answer.ok) return say(`The proof could not be had (HTTP ${answer.status}).`, false)
    await judge(await answer.json(), say)
  } catch (thrown) {
    say(`The proof could not be checked: ${thrown.message}`, false)
  }
}

async function judge(proof, say) {
  const entry = bytesOf(proof.entry)
  const record = bytesOf(proof.record)
  const head = entry.subarray(0, entry.length - 32)
  const body = record.subarray(head.length)
  const digest = await sha256(body)
  const fits =
    same(record.subarray(0, head.length), head) && same(digest, entry.subarray(head.length))
  if (
    !say(
      fits ? 'The record hashes to its entry in the log' : 'The record is not the one in the log',
      fits,
    )
  )
    return
  const leaf = await sha256(joined(Uint8Array.of(0), entry))
  const isLeaf = same(leaf, bytesOf(proof.leaf))
  if (
    !say(
      isLeaf ? `The entry hashes to leaf ${hexOf(leaf)}` : 'The entry does not hash to the leaf',
      isLeaf,
    )
  )
    return
  const [origin, sizeText, rootText] = proof.checkpoint.split('\n')
  const root = await climb(leaf, {
    index: proof.index,
    size: Number(sizeText),
    path: proof.proof.map(bytesOf),
  })
  const isRoot = root !== undefined && same(root, bytesOf(rootText))
  const claim = `the root of ${origin} at ${Number(sizeText).toLocaleString('en')} records`
  if (
    !say(
      isRoot
        ? `${proof.proof.length} hashes lead from the leaf to ${claim}`
        : `The path does not lead to ${claim}`,
      isRoot,
    )
  )
    return
  say(
    'Computed in this browser. The signature of the checkpoint is checked with a key that you keep: see below.',
    true,
  )
}

/** Climbs from a leaf to the root by an inclusion proof (RFC 9162, 2.1.3.2); undefined where the proof does not fit the tree. */
async function climb(leaf, { index, size, path }) {
  if (!Number.isSafeInteger(size) || index >= size) return undefined
  let place = index
  let last = size - 1
  let hash = leaf
  for (const sibling of path) {
    if (last === 0) return undefined
    if (place % 2 === 1 || place === last) {
      hash = await sha256(joined(Uint8Array.of(1), sibling, hash))
      while (place % 2 === 0 && place !== 0) {
        place = Math.floor(place / 2)
        last = Math.floor(last / 2)
      }
    } else hash = await sha256(joined(Uint8Array.of(1), hash, sibling))
    place = Math.floor(place / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 ? hash : undefined
}

async function sha256(bytes) {
  if (!isSecureContext)
    throw new Error('this address is not secure, so the browser offers no SHA-256')
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

function joined(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

function same(one, other) {
  return one.length === other.length && one.every((byte, index) => byte === other[index])
}

function hexOf(bytes) {
  return [...bytes.subarray(0, 6)].map((byte) => byte.toString(16).padStart(2, '0')).join('') + '…'
}
