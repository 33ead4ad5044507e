/** What is repeated: what separates, opens, escapes, joins or begins something in any text that is taken apart. */
const units: readonly string[] = [
  ...Array.from('/ "\'`[{(<.@%=\\&;,:-_+#?*|~!$^a0Aé'),
  '\n',
  '\r\n',
  '\t',
  '\u0000',
  '\u0301\u0316',
  '\u1e9b\u0323',
  '\ud800',
  '\u200b',
  '😀',
  'a.b',
  'a/',
  '../',
  'a=b&',
  'a b ',
  '%2e',
  '%',
  '--',
  '- ',
  '\\"',
  '\\\\"',
  '{"a":',
  '[[',
  '"a",',
  '<a ',
  '</',
  '&amp;',
  'xn--',
  'a@b',
  '://',
  '](',
  'eyJ',
  'Bearer ',
  'password=',
  '"password":"',
  'token: ',
  '-----BEGIN PRIVATE KEY-----',
  '— x YQ==\n',
  'a+0+b',
]

/** What stands in front: the forms that something is recognised by. */
const heads: readonly string[] = [
  '',
  'github:pull:a/b/',
  'https://github.com/acme/app/pull/812/',
  'https://a:b@c/',
  'password="',
  'password=',
]

/** A hostile text's name, and how it is made in a length of UTF-16 units. */
export interface AdversarialText {
  readonly name: string
  readonly make: (length: number) => string
}

/** Texts that take the square of their length from whoever looks twice at a run: each with an end that fits nothing, and without. */
export const adversarialTexts: readonly AdversarialText[] = heads.flatMap((head, place) =>
  units
    // Every unit alone; behind a head those of one sign, which are what it is made of.
    .filter((_, index) => place === 0 || index < 22)
    .flatMap((unit) =>
      ['', 'x\u0001'].map((end) => ({
        name: `${JSON.stringify(head)} + ${JSON.stringify(unit)} × n + ${JSON.stringify(end)}`,
        make: (length: number) => {
          const middle = Math.max(length - head.length - end.length, 0)
          return head + unit.repeat(Math.ceil(middle / unit.length)).slice(0, middle) + end
        },
      })),
    ),
)

/** Lengths that a text is tried in: what is quadratic is found before the longest, which it would not come back from. */
const lengthMax = 1_000_000
const lengths = [lengthMax / 64, lengthMax / 16, lengthMax / 4, lengthMax]

/** Milliseconds of CPU for a call on a megabyte; a linear one takes a few. */
const cpuMsMax = 1_000

/**
 * Runs `act` on a text of growing length, as a whole or a share of a megabyte. Gives what was wrong: a megabyte would take
 * longer than the bound, or a length four times as great took more than sixteen times as long; undefined when it is linear.
 */
export async function slowness(
  { name, make }: AdversarialText,
  act: (text: string) => unknown,
  factor = 1,
): Promise<string | undefined> {
  let before = 0
  for (const length of lengths) {
    const text = make(length)
    // A busy machine is slow once, and what is slow is slow again.
    let cpuMs = Number.POSITIVE_INFINITY
    for (let attempt = 0; attempt < 3 && isSlow(cpuMs, before, factor); attempt += 1)
      cpuMs = Math.min(cpuMs, await cpuMsOf(() => act(text)))
    if (isSlow(cpuMs, before, factor))
      return `${name} in ${length} units took ${cpuMs.toFixed(0)} ms of CPU, a quarter of it ${before.toFixed(0)} ms`
    // Even if it took the square of the length, a megabyte would be read within the bound.
    if (cpuMs * (lengthMax / length) ** 2 < cpuMsMax * factor) return undefined
    before = cpuMs
  }
  return undefined
}

function isSlow(cpuMs: number, before: number, factor: number): boolean {
  return cpuMs > cpuMsMax * factor || (cpuMs > 200 * factor && cpuMs > 16 * Math.max(before, 1))
}

async function cpuMsOf(act: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  try {
    await act()
  } catch {
    // To be refused is an answer; how long it took is what is asked.
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}
