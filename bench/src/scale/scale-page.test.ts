import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { readFigures } from './figures.ts'
import { readInputs } from './inputs.ts'
import { withScaleTables } from './scale-page.ts'
import { withSizingTable } from './sizing-table.ts'

const page = fileURLToPath(new URL('../../../docs/SCALE.md', import.meta.url))
const sizingPage = fileURLToPath(new URL('../../../docs/howto/sizing.md', import.meta.url))

// When a figure, an assumption or the simulation changed on purpose: npm run docs:scale
it('docs/SCALE.md says what the simulation says', async () => {
  const sources = { figures: readFigures(), inputs: readInputs() }
  await expect(withScaleTables(readFileSync(page, 'utf8'), sources)).toMatchFileSnapshot(page)
})

it('docs/howto/sizing.md has the sizes that follow from the same figures', async () => {
  const sources = { figures: readFigures(), inputs: readInputs() }
  const text = readFileSync(sizingPage, 'utf8')
  await expect(withSizingTable(text, sources)).toMatchFileSnapshot(sizingPage)
})

it('needs a place for each table', () => {
  const sources = { figures: readFigures(), inputs: readInputs() }
  expect(() => withScaleTables('# Scale', sources)).toThrow('no place for the table of figures')
})
