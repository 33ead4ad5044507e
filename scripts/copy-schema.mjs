#!/usr/bin/env node
// Puts the ledger's schema into packages/store for the time in which it is packed, and takes it out again:
//   node scripts/copy-schema.mjs [--remove]
// In a clone the store reads clickhouse/ itself, so a copy that is left behind is never read.
import { cpSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const schema = fileURLToPath(new URL('../clickhouse', import.meta.url))
const packed = fileURLToPath(new URL('../packages/store/clickhouse', import.meta.url))

rmSync(packed, { recursive: true, force: true })
if (!process.argv.includes('--remove')) cpSync(schema, packed, { recursive: true })
