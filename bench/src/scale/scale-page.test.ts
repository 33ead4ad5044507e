import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { readFigures } from './figures.ts'
import { readInputs } from './inputs.ts'
import { withScaleTables } from './scale-page.ts'

const page = fileURLToPath(new URL('../../../docs/SCALE.md', import.meta.url))

// When a figure, an assumption or the simulation changed on purpose: npm run docs:scale
it('docs/SCALE.md says what the simulation says', async () => {
  const sources = { figures: readFigures(), inputs: readInputs() }
  await expect(withScaleTables(readFileSync(page, 'utf8'), sources)).toMatchFileSnapshot(page)
})

it('needs a place for each table', () => {
  const sources = { figures: readFigures(), inputs: readInputs() }
  expect(() => withScaleTables('# Scale', sources)).toThrow('no place for the table of figures')
})
