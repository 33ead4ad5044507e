#!/usr/bin/env node
// Makes packages/evidence/verify.mjs: packages/evidence/verifier.mjs, which is written by hand, and behind it the code that decides
// answers, in one file that needs nothing but Node. Run it after a change of either: `npm run bundle`. A unit test of the
// evidence package says when the file is not up to date.
import { createHash } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const source = join(root, 'packages', 'evidence', 'verifier.mjs')
const target = join(root, 'packages', 'evidence', 'verify.mjs')
const decision = join(root, 'packages', 'query', 'src', 'offline', 'index.ts')
const idDigits = 16

/** The text of the whole verifier, made of the sources as they are. */
export async function bundleVerifier() {
  const code = await bundleDecision()
  const id = createHash('sha256').update(code).digest('hex').slice(0, idDigits)
  return `${readFileSync(source, 'utf8')}
// ---------------------------------------------------------------------------------------------------------------------
// Below this line nothing is written by hand: the code that decides answers, of packages/query/src of Whodid, as it runs there.

import * as nodeCrypto from 'node:crypto'
${code}
Object.assign(decisionCode, whodidDecision, { id: '${id}' })
if (process.argv[1]?.endsWith('verify.mjs')) process.exitCode = runVerifier(process.argv.slice(2))
`
}

async function bundleDecision() {
  const bundle = await rolldown({
    cwd: root,
    input: decision,
    platform: 'node',
    resolve: { conditionNames: ['@whodid/source', 'node', 'import', 'default'] },
    external: /^node:/u,
    onLog: (level, log) => {
      if (level === 'warn') throw new Error(log.message)
    },
  })
  try {
    const { output } = await bundle.generate({
      format: 'iife',
      name: 'whodidDecision',
      globals: { 'node:crypto': 'nodeCrypto' },
    })
    return output[0].code
  } finally {
    await bundle.close()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = await bundleVerifier()
  writeFileSync(`${target}.draft`, text)
  renameSync(`${target}.draft`, target)
}
