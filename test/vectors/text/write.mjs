import { createCipheriv, createHash, createHmac } from 'node:crypto'
import { writeFileSync } from 'node:fs'

/*
 * Writes wd-2.json beside it, from docs/FORMAT.md and Node's own functions alone: it imports nothing of ours, so that the
 * vectors show that the format can be read from its page.
 */
const codes = { content: 1, result: 2, detail: 4 }
const sha = (kind, ...parts) => createHash(kind).update(Buffer.concat(parts)).digest()
const derive = (key, label) => createHmac('sha256', key).update(label).digest()
const textOf = (text) =>
  Buffer.from(typeof text === 'string' ? text : text.repeat.repeat(text.times))

function varUint(n) {
  return n < 128 ? [n] : [(n % 128) + 128, ...varUint(Math.floor(n / 128))]
}

function placeOf({ tenant, trace_id: trace, span_id: span }) {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(Buffer.byteLength(tenant))
  return Buffer.concat([Buffer.from(trace + span, 'hex'), length, Buffer.from(tenant)])
}

function entryOf(texts) {
  let bits = 0
  const parts = []
  for (const [part, code] of Object.entries(codes)) {
    if (texts[part] === undefined) continue
    bits += code
    const text = textOf(texts[part])
    parts.push(Buffer.from(varUint(text.length)), text)
  }
  return Buffer.concat([Buffer.from([bits]), ...parts])
}

function commit(record) {
  const key = Buffer.from(record.subject_key, 'hex')
  const saltKey = derive(key, 'WDS2')
  const place = placeOf(record)
  const salts = sha('sha384', saltKey, Buffer.from('WDS2'), place, entryOf(record.texts))
  const parts = {}
  const hashes = Object.entries(codes).map(([part, code], n) => {
    if (record.texts[part] === undefined) return Buffer.alloc(32)
    const salt = salts.subarray(16 * n, 16 * n + 16)
    const hash = sha('sha256', salt, Buffer.from([code]), textOf(record.texts[part]))
    parts[part] = { salt: salt.toString('hex'), hash: hash.toString('hex') }
    return hash
  })
  const commitment = sha('sha256', Buffer.from('WDC2'), place, ...hashes)
  return {
    ...record,
    salt_key: saltKey.toString('hex'),
    parts,
    commitment: commitment.toString('hex'),
  }
}

const key = 'f0'.repeat(31) + '01'
const ids = {
  subject_key: key,
  tenant: 'default',
  trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  span_id: '00f067aa0ba902b7',
}
const records = {
  'a prompt': { ...ids, texts: { content: 'Pay the invoice' } },
  'a call with its result and detail': {
    ...ids,
    span_id: '00f067aa0ba902b8',
    texts: { content: '{"id":1}', result: 'done', detail: '{"attributes":{"a":"b"}}' },
  },
  'a result alone, of a tenant in other letters': {
    ...ids,
    tenant: 'größe-🛰',
    texts: { result: 'e\u0301\0\ufeff' },
  },
  'no IDs, and texts at the lengths where a VarUInt grows': {
    ...ids,
    tenant: '',
    trace_id: '00'.repeat(16),
    span_id: '00'.repeat(8),
    texts: { content: { repeat: 'x', times: 127 }, detail: { repeat: 'ä', times: 8192 } },
  },
}
const vectors = Object.fromEntries(
  Object.entries(records).map(([name, one]) => [name, commit(one)]),
)

const name = Buffer.from('ab'.repeat(16) + '0102030405060708', 'hex')
const iv = Buffer.alloc(12, 9)
const head = Buffer.from([2, 0])
const entries = [vectors['a prompt'], vectors['a call with its result and detail']]
const offsets = [0, entryOf(entries[0].texts).length]
const cipher = createCipheriv('aes-256-gcm', derive(Buffer.from(key, 'hex'), 'WDB2'), iv)
cipher.setAAD(Buffer.concat([Buffer.from('WDB2'), name, head, Buffer.from('default')]))
const encrypted = cipher.update(Buffer.concat(entries.map(({ texts }) => entryOf(texts))))
cipher.final()
const block = {
  tenant: 'default',
  subject_key: key,
  name: name.toString('hex'),
  records: entries.map(({ span_id, texts, commitment }, n) => ({
    span_id,
    text_at: offsets[n] * 8 + Object.keys(texts).reduce((sum, part) => sum + codes[part], 0),
    commitment,
  })),
  sealed: Buffer.concat([head, iv, encrypted, cipher.getAuthTag()]).toString('hex'),
}
const about =
  'Commitments to texts, and a block, format version 2: docs/FORMAT.md. Made by write.mjs.'
const path = new URL('wd-2.json', import.meta.url)
writeFileSync(path, `${JSON.stringify({ about, vectors, block }, null, 2)}\n`)
