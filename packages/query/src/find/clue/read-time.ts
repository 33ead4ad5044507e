import { instantOfWall, nearestVerb, zoneOffsetMs } from '@whodid/model'

/** A time and verbs that a clue names in words, and the words that are left. Milliseconds since 1970. */
export interface ClueTime {
  /** The first and the last instant; null where the words leave that end open. */
  readonly afterMs: number | null
  readonly beforeMs: number | null
  /** The phrase that names the time; '' where none does. */
  readonly phrase: string
  readonly verbs: readonly string[]
  /** The clue without the words of time, the verbs, and the words that ask. */
  readonly rest: string
}

/** When a clue was typed, and where: the zone of its days, as an IANA name. */
export interface ClueClock {
  readonly nowMs: number
  readonly zone: string
}

const dayMs = 86_400_000
const hourMs = 3_600_000
const unitMs: ReadonlyMap<string, number> = new Map([
  ['s', 1_000],
  ['m', 60_000],
  ['h', hourMs],
  ['d', dayMs],
  ['w', 7 * dayMs],
])
const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

/** A span of time as the clocks of the person's zone show it, in milliseconds as if they were UTC's. */
interface WallTime {
  readonly from: number
  readonly to: number
}

/** One way to say a time. */
interface TimeForm {
  readonly pattern: RegExp
  readonly read: (found: readonly string[], now: number) => WallTime | undefined
}

const clock = '([01]?\\d|2[0-3]):([0-5]\\d)'
const date = '(\\d{4}-\\d{2}-\\d{2})'
const range = '\\s*(?:\\.\\.|-|–|to|and|until)\\s*'
const day = `(?:${date}|(today|yesterday)|(?:last )?(${weekdays.join('|')}))`

/** Tried in order on the clue in lower case. No two neighbouring repetitions take the same character. */
const forms: readonly TimeForm[] = [
  {
    pattern: new RegExp(`(?:between )?${day}[t ]${clock}${range}(?:${date}[t ])?${clock}`, 'u'),
    read: ([d, word, weekday, hour, minute, until, hourTo, minuteTo], now) => {
      const from = dayOf(now, d, word ?? weekday)
      const to = until === undefined ? from : dayOf(now, until, undefined)
      if (from === undefined || to === undefined) return undefined
      return { from: from + ofDay(hour, minute), to: to + ofDay(hourTo, minuteTo) }
    },
  },
  {
    pattern: new RegExp(`${date}${range}${date}`, 'u'),
    read: ([first, last], now) => {
      const from = dayOf(now, first, undefined)
      const to = dayOf(now, last, undefined)
      return from === undefined || to === undefined ? undefined : { from, to: to + dayMs }
    },
  },
  {
    pattern: new RegExp(`(?:(?:around|about|at) )?${day}(?: at|,)?[t ]${clock}`, 'u'),
    read: ([d, word, weekday, hour, minute], now) => {
      const start = dayOf(now, d, word ?? weekday)
      if (start === undefined) return undefined
      // A person who names a minute means what happened about then.
      const at = start + ofDay(hour, minute)
      return { from: at - hourMs / 2, to: at + hourMs / 2 }
    },
  },
  {
    pattern: /\blast night\b/u,
    read: (_found, now) => {
      const midnight = dayStart(now)
      return { from: midnight - 6 * hourMs, to: midnight + 6 * hourMs }
    },
  },
  {
    pattern: new RegExp(`${day} (morning|afternoon|evening|night)`, 'u'),
    read: ([d, word, weekday, part], now) => {
      const start = dayOf(now, d, word ?? weekday)
      return start === undefined ? undefined : partOf(start, part ?? '')
    },
  },
  {
    pattern: /\b(?:this (morning|afternoon|evening)|to(night))\b/u,
    read: ([part, night], now) => partOf(dayStart(now), part ?? night ?? ''),
  },
  {
    pattern:
      /\b(?:in |within )?(?:the )?(?:last|past) (\d{1,5} ?)?(s|m|h|d|w)(?:ec(?:ond)?s?|in(?:ute)?s?|(?:ou)?rs?|ays?|eeks?)?\b/u,
    read: ([number, unit], now) => {
      const length = (unitMs.get(unit ?? '') ?? 0) * Number(number ?? 1)
      return { from: now - length, to: now }
    },
  },
  {
    pattern:
      /\b(\d{1,5}) ?(s|m|h|d|w)(?:ec(?:ond)?s?|in(?:ute)?s?|(?:ou)?rs?|ays?|eeks?)?(?: ago)?\b/u,
    read: ([number, unit], now) => {
      const length = (unitMs.get(unit ?? '') ?? 0) * Number(number)
      return { from: now - length, to: now }
    },
  },
  {
    pattern: new RegExp(`\\b${day}\\b`, 'u'),
    read: ([d, word, weekday], now) => {
      const from = dayOf(now, d, word ?? weekday)
      return from === undefined ? undefined : { from, to: from + dayMs }
    },
  },
]

/** Words that ask and name nothing. */
const askingWords = new Set(
  'a all an and any anything at by did do done during everything for from happened happens has have in is it made me of on our show some something that the their there things this through to us was we were what when which who whom with'.split(
    ' ',
  ),
)

/**
 * Reads the time and the verbs that a clue names, such as "what was deleted on Tuesday", "last night" or
 * "2026-11-27 14:00..15:00". A weekday is the newest that has begun. Verbs are read only in a clue of several words.
 */
export function readTime(clue: string, at: ClueClock): ClueTime {
  const lower = clue.toLowerCase()
  let found:
    { readonly wall: WallTime; readonly phrase: string; readonly start: number } | undefined
  // A lone token such as `24h` may be a name: only a whole phrase is a time there.
  for (const { pattern, read } of forms) {
    const match = pattern.exec(lower)
    if (match === null || !standsAlone(lower, match.index, match[0].length)) continue
    const wall = read(match.slice(1), at.nowMs + zoneOffsetMs(at.nowMs, at.zone))
    if (wall === undefined) continue
    found = { wall, phrase: match[0].trim(), start: match.index }
    break
  }
  const [before, after] =
    found === undefined
      ? [clue, '']
      : [clue.slice(0, found.start), clue.slice(found.start + found.phrase.length)]
  const open = /\b(since|after|before|until)\s*$/iu.exec(before)?.[1]?.toLowerCase()
  const { verbs, words } = readWords(
    `${before.replace(/\b(?:since|after|before|until)\s*$/iu, '')} ${after}`,
  )
  return { ...boundsOf(found?.wall, open, at), phrase: found?.phrase ?? '', verbs, rest: words }
}

function readWords(text: string): { verbs: string[]; words: string } {
  const verbs: string[] = []
  const kept: string[] = []
  for (const word of text.split(/\s+/u)) {
    const plain = word.toLowerCase().replace(/[?!.,;]{1,8}$/u, '')
    if (plain === '' || askingWords.has(plain)) continue
    const verb = verbForms.get(plain)
    if (verb === undefined) kept.push(word)
    else verbs.push(verb)
  }
  return { verbs: [...new Set(verbs)].slice(0, verbsMax), words: kept.join(' ') }
}

const verbsMax = 4

/** The forms of the verbs that people use, and the verbs of the record that they mean. A slip of the pen is a word: `date` is not `update`. */
const verbForms: ReadonlyMap<string, string> = new Map([
  ...'create read update delete execute send approve grant add insert write edit change modify merge push remove drop destroy erase run call view post email fetch'
    .split(' ')
    .flatMap((base) => formsOf(base).map((form) => [form, verbOf(base)] as const)),
  ...['sent', 'ran', 'wrote', 'written'].map((form) => [form, verbOf(form)] as const),
])

function formsOf(base: string): string[] {
  const stem = base.replace(/e$/u, '')
  const doubled = /[^aeiou][aeiou][npt]$/u.test(base) ? [`${base}${base.at(-1)}`] : []
  return [`${base}s`, ...[stem, ...doubled].flatMap((root) => [`${root}ed`, `${root}ing`])]
}

function verbOf(spoken: string): string {
  return spoken === 'written' ? 'update' : (nearestVerb(spoken) ?? spoken)
}

function standsAlone(text: string, start: number, length: number): boolean {
  const before = text.charAt(start - 1)
  const after = text.charAt(start + length)
  return !/[\w/:.@#-]/u.test(before) && !/[\w/:@#-]/u.test(after)
}

function boundsOf(
  wall: WallTime | undefined,
  open: string | undefined,
  { zone, nowMs }: ClueClock,
): Pick<ClueTime, 'afterMs' | 'beforeMs'> {
  if (wall === undefined || wall.to <= wall.from) return { afterMs: null, beforeMs: null }
  const from = instantOfWall(wall.from, zone)
  const to = instantOfWall(wall.to, zone)
  if (open === 'since') return { afterMs: from, beforeMs: null }
  if (open === 'after') return { afterMs: wall.to >= nowMs ? from : to, beforeMs: null }
  if (open === 'before' || open === 'until')
    return { afterMs: null, beforeMs: open === 'before' ? from : to }
  return { afterMs: from, beforeMs: to }
}

function dayStart(now: number): number {
  return now - (((now % dayMs) + dayMs) % dayMs)
}

function dayOf(now: number, iso: string | undefined, word: string | undefined): number | undefined {
  if (iso !== undefined) {
    const start = Date.parse(`${iso}T00:00:00Z`)
    // Date.parse rolls 31 February over to March.
    const exists = !Number.isNaN(start) && new Date(start).toISOString().startsWith(iso)
    return exists ? start : undefined
  }
  if (word === undefined) return undefined
  if (word === 'today') return dayStart(now)
  if (word === 'yesterday') return dayStart(now) - dayMs
  const back = (new Date(now).getUTCDay() - weekdays.indexOf(word) + 7) % 7
  return dayStart(now) - back * dayMs
}

function ofDay(hour: string | undefined, minute: string | undefined): number {
  return Number(hour ?? 0) * hourMs + Number(minute ?? 0) * 60_000
}

/** The hours that people mean by a part of a day; a night ends on the next. */
function partOf(start: number, part: string): WallTime {
  const hours: Readonly<Record<string, readonly [number, number]>> = {
    morning: [5, 12],
    afternoon: [12, 18],
    evening: [17, 23],
    night: [18, 30],
  }
  const [from, to] = hours[part] ?? [0, 24]
  return { from: start + from * hourMs, to: start + to * hourMs }
}
