#!/usr/bin/env node
// Verifies an evidence package, offline, with Node (20 or newer) and nothing else:
//
//   node verify.mjs <package.zip | directory> --trust trust.json [--fresh-within <hours>]
//
// Get this file and trust.json from elsewhere than from the package: whoever can alter a package can put another verifier
// and other keys into it. Exit codes: 0 everything holds, 2 asked wrongly, 10 unwitnessed (fewer cosignatures than the trust file demands), unrecorded
// (a log is not shown to be in the meta-log that the trust file names) or undecided (other code decided the answer), 20 stale, 30 inconsistent
// (the log's own checkpoints contradict each other), 40 tampered, 50 malformed. The format is docs/FORMAT.md of Whodid.
//
// The proof is checked by code that was written for this file and shares nothing with what made the package. The answer is decided
// again by the code that decided it, which is below the line at the end: scripts/bundle-verifier.mjs of Whodid puts it there.
import { createHash, createPublicKey, verify } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { crc32 } from 'node:zlib'

const exits = {
  unwitnessed: 10,
  unrecorded: 10,
  undecided: 10,
  stale: 20,
  inconsistent: 30,
  tampered: 40,
  malformed: 50,
}
const payloadType = 'application/vnd.in-toto+json'
const parts = { content: 1, result: 2, detail: 4 }
// The columns of a record in the order in which they are hashed: those in front of the body, the body's, and the members of `rest`,
// which stand in its place. What is not listed as another kind is text.
const readOrder = (order) =>
  order.split(' ').map((field) => {
    const [column, kind = 'text'] = field.split(':')
    return { column, kind }
  })
export const headFields = readOrder(
  'log_id log_index:u64 received_at:time channel text_block:24 text_at:u32',
)
export const bodyFields = readOrder(
  'tenant exporter trace_id:16 span_id:8 parent_span_id:8 ts:time end_ts:time record_kind actor_type template_id instance_id delegator_id user_id correlation_id credential_id action_id verb outcome resource_id tool_name prompt_ref commitment:32 rest attributes resource_attributes',
)
export const restFields =
  'signal:sg name:n kind:k:count status_code:sc:count status_message:sm trace_state:ts flags:f:count dropped_count:dc:count service_name:sn scope_name:on scope_version:ov template_name:tn template_version:tv instance_parent_id:ip identity_id:ii delegator_type:dt delegator_issuer:di delegation_id:gi delegation_parent_id:gp delegation_issuer:gs delegation_audience:ga delegation_expires_at:ge delegation_scopes:gc:list delegation_chain:gh:list session_id:si conversation_id:ci template_rule:tr instance_rule:ir delegator_rule:dr prompt_origin:po prompt_hash:ph plan_ref:pr plan_hash:lh plan_step:ls:number seq:q:number tool_call_id:tc arguments_hash:ah result_hash:rh resource_type:rt input_source:is input_trust:it input_hash:ih credential_type:ct credential_subject:cs credential_actor:ca credential_issuer:cr credential_expires_at:ce credential_scopes:cc:list credential_borrowed:cb:bool approval_id:ai approval_decision:ad approval_source:as approver_id:av approval_policy_id:ap approval_reason:ar events:ev links:li'
    .split(' ')
    .map((field) => {
      const [column, key, kind = 'text'] = field.split(':')
      return { column, key, kind }
    })

/** Something that does not hold: its code is the exit code's name. */
class Finding extends Error {
  constructor(code, message) {
    super(message)
    this.code = code
  }
}
const fail = (code, message) => {
  throw new Finding(code, message)
}

/** The code that decides answers, and its name: the end of the file fills it in. */
export const decisionCode = { id: 'none' }
const usage = 'usage: node verify.mjs <package> --trust trust.json [--fresh-within <hours>]'
const usageExit = 2
const evidenceRowsMax = 20_000

/** Checks the package that the arguments name and prints what it found; the exit code. */
export function runVerifier(argv) {
  const asked = readArguments(argv)
  if (asked.wrong !== undefined) {
    console.error(`${asked.wrong}\n${usage}`)
    return usageExit
  }
  try {
    const trust = readTrust(readFileSync(asked.trust, 'utf8'))
    const files = readPackage(asked.path)
    for (const line of verifyPackage(files, trust, asked.freshHours)) console.log(line)
    return 0
  } catch (thrown) {
    const code = thrown instanceof Finding ? thrown.code : 'malformed'
    console.log(`FAILED ${code}: ${plain(thrown.message)}`)
    return exits[code]
  }
}

/** What is not understood is refused: a demand that was passed over would look like one that was met. */
function readArguments(argv) {
  const values = new Map()
  const paths = []
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at]
    if (!word.startsWith('-')) paths.push(word)
    else if (word !== '--trust' && word !== '--fresh-within')
      return { wrong: `there is no option "${plain(word)}"` }
    else if (values.has(word)) return { wrong: `${word} expected once; got it twice` }
    else if (argv[at + 1] === undefined) return { wrong: `${word} expected a value; got nothing` }
    else values.set(word, argv[(at += 1)])
  }
  const hours = values.get('--fresh-within')
  if (hours !== undefined && !/^\d{1,9}(\.\d{1,9})?$/u.test(hours))
    return { wrong: `--fresh-within expected a number of hours; got "${plain(hours)}"` }
  if (paths.length !== 1)
    return {
      wrong: `expected one package; got ${paths.length === 0 ? 'nothing' : `"${plain(paths.join(' '))}"`}`,
    }
  if (!values.has('--trust'))
    return { wrong: '--trust expected the file of trusted keys; got nothing' }
  const freshHours = hours === undefined ? undefined : Number(hours)
  return { path: paths[0], trust: values.get('--trust'), freshHours }
}

/** The keys to trust. A quorum or a size that is no number would be met by anything. */
function readTrust(text) {
  const trust = JSON.parse(text)
  const isList = (value, isOne) => Array.isArray(value) && value.every(isOne)
  const isText = (value) => typeof value === 'string'
  const isCount = (value) => Number.isSafeInteger(value) && value >= 0
  const expect = (name, holds, what) => {
    if (!holds)
      fail('malformed', `trust: "${name}" expected ${what}; got ${JSON.stringify(trust?.[name])}`)
  }
  expect('quorum', isCount(trust?.quorum), 'a whole number')
  expect('witnesses', isList(trust.witnesses, isText), 'a list of keys')
  expect('exporters', isList(trust.exporters, isText), 'a list of keys')
  expect('statements', typeof (trust.statements ?? false) === 'boolean', 'true or false')
  expect('meta_logs', isList(trust.meta_logs ?? [], isText), 'a list of keys')
  const isEpoch = ({ vkey, from_size: from, to_size: to } = {}) =>
    isText(vkey) && isCount(from) && isCount(to ?? 0)
  expect('logs', isList(trust.logs, isEpoch), 'a list of keys with the sizes that they sign')
  return trust
}

/** What people wrote of the case is signed with the package, and no log holds it. */
function notebookLine(files) {
  if (!files.has('case.jsonl')) return []
  const entries = textOf(files, 'case.jsonl').split('\n').length - 1
  return [`NOT PROVEN: the notebook of the case, ${entries} entries, is what people wrote`]
}

/** Every check, in order; the lines of the report. Throws the first Finding. */
export function verifyPackage(files, trust, freshHours) {
  const statement = checkDigests(files, trust)
  const records = readRecords(files)
  const checkpoints = new Map()
  for (const record of records) checkInclusion(files, { record, trust, checkpoints })
  const bound = checkStatement(files, { trust, checkpoints })
  const history = checkHistory(files, { trust, checkpoints })
  const entries = checkMetaLogs(files, { trust, records, history })
  checkWitnesses(trust, { checkpoints, entries })
  const { texts, committed } = checkContents(files, records)
  checkAnswer(files, { records, texts })
  const decided = checkDecision(files, { records, committed, statement })
  const sealed = checkSeals(records)
  const times = [...checkpoints.values()].map(({ origin, cosignedS }) =>
    Math.max(cosignedS, entries.get(origin)?.cosignedS ?? 0),
  )
  const newestS = Math.min(...(times.length > 0 ? times : [0]))
  if (freshHours !== undefined && Date.now() / 1000 - newestS > freshHours * 3600)
    fail(
      'stale',
      `the newest cosignature is of ${newestS === 0 ? 'no time' : new Date(newestS * 1000).toISOString()}`,
    )
  return [
    `OK ${files.size} files, ${records.length} records, each in a log signed by a trusted key; ${committed.size} texts as they were committed to`,
    trust.quorum > 0
      ? `WITNESSED: every checkpoint is cosigned by at least ${trust.quorum} trusted witnesses`
      : "UNWITNESSED: the trust file demands no witness; whoever holds the log's key could have made another log",
    metaLogLine(files, trust),
    ...decided,
    ...sealed,
    bound
      ? `BOUND: the log itself has on record that this answer and this list of records were handed out; that they are all that bears on it is the service's word, sealed there`
      : `NOT BOUND: no log has on record what was handed out; that these are all the records that bear on it, and which of them is the act asked about, is the word of whoever has the exporter's key`,
    `case ${plain(statement.predicate.case)}, asked ${plain(statement.predicate.question.of)}, exported ${plain(statement.predicate.made_at)} by ${plain(statement.predicate.made_by)}`,
    ...notebookLine(files),
  ]
}

// The container, the manifest and their signature.

function readPackage(path) {
  return statSync(path).isDirectory() ? readDirectory(path) : readZip(readFileSync(path))
}

function readDirectory(dir) {
  const names = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((e) => e.isFile())
  return new Map(
    names.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return [relative(dir, path).split(sep).join('/'), readFileSync(path)]
    }),
  )
}

/** The files of a zip whose every byte is accounted for: it is made again from them, and must come out the same. */
export function readZip(bytes) {
  const files = new Map()
  let at = 0
  while (at + 30 <= bytes.length && bytes.readUInt32LE(at) === 0x04034b50) {
    const nameEnd = at + 30 + bytes.readUInt16LE(at + 26)
    const end = nameEnd + bytes.readUInt32LE(at + 18)
    if (end > bytes.length) fail('malformed', `zip: the entry at byte ${at} goes beyond the file`)
    files.set(bytes.toString('utf8', at + 30, nameEnd), bytes.subarray(nameEnd, end))
    at = end
  }
  const again = writeZip(files)
  if (again.equals(bytes)) return files
  const wrongAt = again.findIndex((byte, index) => byte !== bytes[index])
  let seen = 0
  for (const [name, content] of files) {
    seen += 30 + Buffer.byteLength(name) + content.length
    if (wrongAt >= 0 && wrongAt < seen)
      fail('tampered', `${plain(name)}: its entry in the zip was altered, byte ${wrongAt}`)
  }
  return fail(
    'tampered',
    `zip: its directory was altered, at byte ${wrongAt < 0 ? again.length : wrongAt}`,
  )
}

/** The one zip that these files make: stored, in their order, without times of their own. */
export function writeZip(files) {
  const locals = []
  const entries = []
  let offset = 0
  for (const [name, content] of files) {
    const path = Buffer.from(name)
    const head = Buffer.alloc(26)
    // Version 2.0, names in UTF-8, stored, 1980-01-01.
    head.writeUInt16LE(20, 0)
    head.writeUInt16LE(0x0800, 2)
    head.writeUInt16LE(0x0021, 8)
    head.writeUInt32LE(crc32(content), 10)
    head.writeUInt32LE(content.length, 14)
    head.writeUInt32LE(content.length, 18)
    head.writeUInt16LE(path.length, 22)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    locals.push(Buffer.from('PK\x03\x04', 'latin1'), head, path, content)
    entries.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), head, place, path)
    offset += 30 + path.length + content.length
  }
  const directory = Buffer.concat(entries)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(files.size, 8)
  end.writeUInt16LE(files.size, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, directory, end])
}

function checkDigests(files, trust) {
  const envelope = parseJson(files, 'manifest.dsse.json')
  if (`${JSON.stringify(envelope)}\n` !== textOf(files, 'manifest.dsse.json'))
    fail('malformed', 'manifest.dsse.json: not written as the exporter writes it')
  const payload = strictBase64(envelope.payload, 'manifest.dsse.json payload')
  const signed = Buffer.concat([
    Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `),
    payload,
  ])
  const keys = trust.exporters.map(parseVkey)
  const [signature, ...others] = envelope.signatures
  const key = keys.find(({ vkey }) => vkey === signature.keyid)
  if (
    others.length > 0 ||
    envelope.payloadType !== payloadType ||
    Object.keys(envelope).join() !== 'payloadType,payload,signatures' ||
    Object.keys(signature).join() !== 'keyid,sig'
  )
    fail('malformed', 'manifest.dsse.json: expected one payload with one signature')
  if (key === undefined) fail('tampered', 'manifest.dsse.json: no trusted exporter signed it')
  if (!verify(null, signed, key.publicKey, strictBase64(signature.sig, 'manifest.dsse.json sig')))
    fail('tampered', 'manifest.dsse.json: its signature does not verify')
  const statement = JSON.parse(payload.toString())
  const digests = new Map(statement.subject.map(({ name, digest }) => [name, digest.sha256]))
  for (const [name, content] of files)
    if (name !== 'manifest.dsse.json' && digests.get(name) !== sha256(content).toString('hex'))
      fail(
        'tampered',
        `${plain(name)}: ${digests.has(name) ? 'its digest is not the one that was signed' : 'is not in the manifest'}`,
      )
  for (const name of digests.keys()) if (!files.has(name)) fail('tampered', `${name}: is missing`)
  return statement
}

// Records, and their places in the logs.

function readRecords(files) {
  const bytes = need(files, 'records.bin')
  const lines = textOf(files, 'records.jsonl').split('\n').slice(0, -1)
  const records = []
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32BE(at)
    const form = bytes.subarray(at + 4, at + 4 + length)
    if (form.length !== length) fail('malformed', 'records.bin: ends within a record')
    const row = decodeRecord(form)
    if (lines[records.length] !== JSON.stringify(row))
      fail('tampered', `records.jsonl: line ${records.length + 1} is not the record in records.bin`)
    records.push({ form, row, key: `${row.trace_id}-${row.span_id}` })
    at += 4 + length
  }
  if (lines.length !== records.length)
    fail('tampered', 'records.jsonl: has lines that records.bin has not')
  return records
}

/** A record from its canonical form; times as text to the nanosecond, absent IDs as ''. */
export function decodeRecord(form) {
  const read = fieldReader(form)
  const row = {}
  for (const field of [...headFields, ...bodyFields])
    if (field.column === 'rest') Object.assign(row, membersOf(read(field)))
    else row[field.column] = read(field)
  if (read.at() !== form.length)
    fail('malformed', 'records.bin: a record has bytes behind its last field')
  return row
}

/** Reads the fields of a form one after another. */
function fieldReader(form) {
  if (form.toString('hex', 0, 3) !== '574402')
    fail('malformed', 'records.bin: not a canonical record of version 2')
  let at = 3
  const take = (length) => {
    if (at + length > form.length) fail('malformed', 'records.bin: a record ends within a field')
    return form.subarray(at, (at += length))
  }
  const varUint = () => {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = take(1)[0]
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  const readers = {
    text: () => take(varUint()).toString(),
    time: () => instant(take(8).readBigInt64LE()),
    u32: () => take(4).readUInt32LE(),
    u64: () => {
      const big = take(8).readBigUInt64LE()
      return Number.isSafeInteger(Number(big)) ? Number(big) : String(big)
    },
  }
  const fixed = (length) => take(length).toString('hex').replace(/^0+$/u, '')
  const read = ({ kind }) => readers[kind]?.() ?? fixed(Number(kind))
  read.at = () => at
  return read
}

/** The members of `rest`, absent ones in their absent form; all are absent in what is no JSON object. */
function membersOf(json) {
  let members = {}
  try {
    const parsed = JSON.parse(json)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) members = parsed
  } catch {
    // No JSON: a text that the collector did not write.
  }
  const readers = {
    text: (value) => (typeof value === 'string' ? value : ''),
    list: (value) => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []),
    count: (value) => (typeof value === 'number' ? value : 0),
    number: (value) => (typeof value === 'number' ? value : -1),
    bool: (value) => value === true,
  }
  const own = (name) => (Object.hasOwn(members, name) ? members[name] : undefined)
  const columns = Object.fromEntries(
    restFields.map(({ column, key, kind }) => [column, readers[kind](own(key))]),
  )
  return { ...columns, signal: columns.signal === '' ? 'span' : columns.signal }
}

function instant(unixNs) {
  const seconds = unixNs / 1_000_000_000n - (unixNs % 1_000_000_000n < 0n ? 1n : 0n)
  const ns = unixNs - seconds * 1_000_000_000n
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, -5)}.${String(ns).padStart(9, '0')}Z`
}

/** RFC 6962's leaf hash of the record's entry: its form with the SHA-256 of the body in the body's place. */
function leafOf(form) {
  const read = fieldReader(form)
  for (const field of headFields) read(field)
  const head = form.subarray(0, read.at())
  return sha256(Buffer.concat([Buffer.of(0), head, sha256(form.subarray(read.at()))]))
}

function checkInclusion(files, { record, trust, checkpoints }) {
  const { log_id: log, log_index: index } = record.row
  const name = proofPath(log, index)
  const { place, note, proof } = readTlogProof(textOf(files, name), name)
  if (place !== index) fail('tampered', `${name}: is not the proof of index ${index}`)
  const known = checkpoints.get(note) ?? readCheckpoint(note, { name, trust })
  checkpoints.set(note, known)
  if (known.origin !== log)
    fail('tampered', `${name}: its checkpoint is of the log ${plain(known.origin)}`)
  const reached =
    index < known.size ? climb(leafOf(record.form), { index, size: known.size, proof }) : undefined
  if (reached === undefined || !reached.equals(known.root))
    fail(
      'tampered',
      `${record.where ?? 'records.bin'}: ${record.key}, record ${index} of the log, is not what was sealed there`,
    )
}

/**
 * Whether the log has on record that this evidence was handed out: then the exporter's key alone cannot leave a record out.
 * The trust file tells whether it must have.
 */
function checkStatement(files, { trust, checkpoints }) {
  const name = 'statement.bin'
  if (!files.has(name)) {
    if (trust.statements === true)
      fail('tampered', `${name}: is missing, and the trust file says that each package has it`)
    return false
  }
  const form = need(files, name).subarray(4)
  const row = decodeRecord(form)
  const record = { form, row, key: `${row.trace_id}-${row.span_id}`, where: name }
  if (need(files, name).readUInt32BE(0) !== form.length)
    fail('malformed', `${name}: expected one record`)
  checkInclusion(files, { record, trust, checkpoints })
  const digest = sha256(need(files, 'evidence.json')).toString('hex')
  if (row.exporter !== 'whodid' || row.resource_id !== `whodid:evidence:${digest}`)
    fail('tampered', 'evidence.json: is not what the log has on record as handed out')
  return true
}

function readTlogProof(text, name) {
  const [head, ...rest] = text.split('\n\n')
  const [version, place, ...hashes] = head.split('\n')
  if (version !== 'c2sp.org/tlog-proof@v1' || !/^index (0|[1-9]\d{0,15})$/u.test(place))
    fail('tampered', `${name}: is no proof`)
  const proof = hashes.map((hash) => strictBase64(hash, name))
  return { place: Number(place.slice(6)), note: rest.join('\n\n'), proof }
}

export function proofPath(log, index) {
  return `proofs/${log.slice(log.lastIndexOf('/') + 1)}/${index}.tlog-proof`
}

function climb(leaf, { index, size, proof }) {
  let node = index
  let last = size - 1
  let reached = leaf
  for (const sibling of proof) {
    if (last === 0) return undefined
    if (node % 2 === 1 || node === last) {
      reached = nodeHash(sibling, reached)
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)]
    } else reached = nodeHash(reached, sibling)
    ;[node, last] = [Math.floor(node / 2), Math.floor(last / 2)]
  }
  return last === 0 ? reached : undefined
}

// Checkpoints: notes signed by the log's key of their size, and cosigned.

function readCheckpoint(note, { name, trust }) {
  const split = note.lastIndexOf('\n\n')
  const text = note.slice(0, split + 1)
  const [origin, sizeText, root] = text.split('\n')
  const size = Number(sizeText)
  if (split < 0 || !/^(0|[1-9]\d{0,15})$/u.test(sizeText))
    fail('malformed', `${name}: holds no checkpoint`)
  const lines = note
    .slice(split + 2)
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' '))
  const signatures = lines.map(([, signer, base64]) => ({
    signer,
    bytes: strictBase64(base64, name),
  }))
  const signedBy = ({ name: signer, id, publicKey, type }) =>
    signatures.flatMap(({ signer: other, bytes }) => {
      if (other !== signer || !bytes.subarray(0, 4).equals(id)) return []
      const timeS = type === 4 ? Number(bytes.readBigUInt64BE(4)) : 0
      const message = type === 4 ? `cosignature/v1\ntime ${timeS}\n${text}` : text
      if (!verify(null, Buffer.from(message), publicKey, bytes.subarray(type === 4 ? 12 : 4)))
        fail('tampered', `${name}: the signature of ${plain(signer)} does not verify`)
      return [{ timeS }]
    })
  const epoch = trust.logs.findLast(
    ({ vkey, from_size: from }) => vkey.startsWith(`${origin}+`) && from <= size,
  )
  if (epoch === undefined) fail('tampered', `${name}: ${plain(origin)} is no trusted log`)
  if (signedBy(parseVkey(epoch.vkey)).length === 0 || (epoch.to_size ?? size) < size)
    fail('tampered', `${name}: the log's key for ${size} records did not sign it`)
  const cosigned = trust.witnesses
    .map((vkey) => signedBy(parseVkey(vkey)))
    .filter(({ length }) => length > 0)
  const cosignedS = Math.max(0, ...cosigned.flat().map(({ timeS }) => timeS))
  return {
    name,
    origin,
    size,
    root: strictBase64(root, name),
    cosignerCount: cosigned.length,
    cosignedS,
  }
}

/** Enough witnesses stand behind each checkpoint that proofs lead to, or behind the meta-log that its log is in. */
function checkWitnesses({ quorum }, { checkpoints, entries }) {
  for (const { name, origin, cosignerCount } of checkpoints.values()) {
    const count = Math.max(cosignerCount, entries.get(origin)?.cosignerCount ?? 0)
    if (count < quorum)
      fail('unwitnessed', `${name}: cosigned by ${count} trusted witnesses, expected ${quorum}`)
  }
}

/**
 * Where the trust file names a meta-log: each log has a checkpoint that covers its records and is an entry there. Of each log what
 * witnesses say of the meta-log's checkpoint.
 */
function checkMetaLogs(files, { trust, records, history }) {
  const entries = new Map()
  const keys = (trust.meta_logs ?? []).map((vkey) => ({ vkey, from_size: 0, to_size: null }))
  if (keys.length === 0) return entries
  for (const log of new Set(records.map(({ row }) => row.log_id))) {
    const name = `meta-log/${log.slice(log.lastIndexOf('/') + 1)}.json`
    if (!files.has(name))
      fail('unrecorded', `${name}: is missing, and the trust file names a meta-log`)
    const { state, why, entry, tlog_proof: text } = parseJson(files, name)
    if (state !== 'included') fail('unrecorded', `${name}: ${state}: ${why}`)
    const { place: index, note, proof } = readTlogProof(String(text), name)
    const meta = readCheckpoint(note, { name, trust: { ...trust, logs: keys } })
    const leaf = sha256(Buffer.concat([Buffer.of(0), Buffer.from(String(entry))]))
    const { size } = meta
    const reached = index < size ? climb(leaf, { index, size, proof }) : undefined
    if (reached === undefined || !reached.equals(meta.root))
      fail(
        'tampered',
        `${name}: the checkpoint of ${plain(log)} is not entry ${index} of the meta-log`,
      )
    const taken = readCheckpoint(String(entry), { name, trust })
    if (taken.origin !== log || !history.has(placeOf(taken)))
      fail('tampered', `${name}: its entry is no checkpoint of the history of ${plain(log)}`)
    const last = Math.max(...records.map(({ row }) => (row.log_id === log ? row.log_index : -1)))
    if (taken.size <= last)
      fail(
        'unrecorded',
        `${name}: the meta-log has ${taken.size} records of ${plain(log)}, not record ${last}`,
      )
    entries.set(log, meta)
  }
  return entries
}

function metaLogLine(files, { meta_logs: keys = [] }) {
  if (keys.length > 0)
    return `RECORDED: a checkpoint of each log that covers its records is in a meta-log of the trust file`
  const isThere = [...files.keys()].some((name) => name.startsWith('meta-log/'))
  return isThere
    ? 'META-LOG NOT CHECKED: the package has its proofs, the trust file names no meta-log'
    : 'NO META-LOG: nothing here shows which logs there are'
}

/** The checkpoints of each log, each proven to begin the next, up to the ones that the records' proofs lead to. */
function checkHistory(files, { trust, checkpoints }) {
  const history = [...files.keys()].filter((name) => /^checkpoints\/.*\.json$/u.test(name))
  const reached = new Set()
  for (const name of history) {
    let before
    for (const { note, consistency } of parseJson(files, name)) {
      const now = readCheckpoint(note, { name, trust })
      if (
        before !== undefined &&
        !isConsistent(
          before,
          now,
          consistency.map((hash) => strictBase64(hash, name)),
        )
      )
        fail(
          'inconsistent',
          `${name}: the checkpoints of ${before.size} and ${now.size} records are of two logs`,
        )
      reached.add(placeOf(now))
      before = now
    }
  }
  for (const checkpoint of checkpoints.values())
    if (!reached.has(placeOf(checkpoint)))
      fail(
        'inconsistent',
        `checkpoints: the one of ${checkpoint.size} records, which proofs lead to, is not among them`,
      )
  return reached
}

function placeOf({ origin, size, root }) {
  return `${origin} ${size} ${root.toString('hex')}`
}

function isConsistent(from, to, proof) {
  if (from.origin !== to.origin || from.size > to.size) return false
  if (from.size === to.size) return from.root.equals(to.root)
  if (from.size === 0) return true
  const [old, whole] = climbBoth(from, to, proof)
  return old?.equals(from.root) === true && whole?.equals(to.root) === true
}

/** Both roots, from the last whole subtree of the older tree upwards (RFC 9162 §2.1.4.2); nothing when the hashes do not fit. */
function climbBoth(from, to, proof) {
  let [node, last] = [from.size - 1, to.size - 1]
  while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)]
  const [first, ...others] = node === 0 ? [from.root, ...proof] : proof
  let [old, whole] = [first, first]
  for (const hash of others) {
    if (last === 0) return []
    if (node % 2 === 1 || node === last) {
      ;[old, whole] = [nodeHash(hash, old), nodeHash(hash, whole)]
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)]
    } else whole = nodeHash(whole, hash)
    ;[node, last] = [Math.floor(node / 2), Math.floor(last / 2)]
  }
  return last === 0 ? [old, whole] : []
}

// Texts, and the answer.

function checkContents(files, records) {
  const texts = new Map()
  const committed = new Map()
  for (const name of [...files.keys()].filter((file) => file.startsWith('content/'))) {
    const content = parseJson(files, name)
    const { span, part, text } = content
    const commitment = commitmentOf(content)
    if (!records.some(({ key, row }) => key === span && row.commitment === commitment))
      fail('tampered', `${name}: is not the text that the record committed to`)
    texts.set(`${span}.${part}`, text)
    if (part === 'content') committed.set(commitment, text)
  }
  return { texts, committed }
}

/**
 * The commitment of a record, made of one part of its text, that part's salt and the hashes of the other parts; '' when these are
 * not as long as they must be. Without that check a part could be read as salt, or salt as text.
 */
function commitmentOf({ tenant, span, part, salt, hashes, text }) {
  const isHex = (value, digits) =>
    typeof value === 'string' && new RegExp(`^[0-9a-f]{${digits}}$`, 'u').test(value)
  if (!Object.hasOwn(parts, part) || !isHex(salt, 32) || text === '') return ''
  const own = sha256(
    Buffer.concat([Buffer.from(salt, 'hex'), Buffer.from([parts[part]]), Buffer.from(text)]),
  )
  const all = Object.keys(parts).map((name) => {
    if (name === part) return own
    const hash = hashes?.[name]
    return hash === '' ? Buffer.alloc(32) : isHex(hash, 64) ? Buffer.from(hash, 'hex') : undefined
  })
  if (all.includes(undefined)) return ''
  const head = Buffer.alloc(32)
  const tenantBytes = Buffer.from(tenant)
  head.write('WDC2', 'latin1')
  head.write(span.replace('-', ''), 4, 'hex')
  head.writeUInt32BE(tenantBytes.length, 28)
  return sha256(Buffer.concat([head, tenantBytes, ...all])).toString('hex')
}

/** What the answer quotes must be on record here, word for word. */
function checkAnswer(files, { records, texts }) {
  const { action, agent, prompt, plan, chain, inputs } = parseJson(files, 'answer.json')
  if (action !== null) {
    const { span, verb, outcome, tool, resource } = action
    const said = { verb, outcome, tool_name: tool ?? '', resource_id: resource?.id ?? '' }
    checkQuote(records, { where: 'action', span, said })
  }
  for (const { span, record_kind } of chain)
    checkQuote(records, { where: 'chain', span, said: { record_kind } })
  for (const { span, source } of inputs)
    checkQuote(records, { where: 'inputs', span, said: { input_source: source } })
  for (const [where, quoted] of Object.entries({ prompt, plan })) {
    if (quoted === null) continue
    checkQuote(records, { where, span: quoted.span, said: {} })
    if (quoted.text !== null && !isShown(quoted.text, texts.get(`${quoted.span}.content`)))
      fail('tampered', `answer.json: the text of the ${where} is not the one on record`)
  }
  checkInstance(records, agent?.instance?.id ?? '')
}

function checkInstance(records, instance) {
  if (instance !== '' && !records.some(({ row }) => isShown(instance, row.instance_id)))
    fail('tampered', `answer.json: no record names the instance ${plain(instance)}`)
}

function checkQuote(records, { where, span, said }) {
  const rows = records.filter(({ key }) => key === span)
  if (rows.length === 0)
    fail('tampered', `answer.json: ${where} quotes ${plain(span)}, which is not in the package`)
  for (const [column, value] of Object.entries(said))
    if (!rows.some(({ row }) => isShown(value, row[column])))
      fail(
        'tampered',
        `answer.json: ${where} says ${column} ${plain(String(value))}, which ${plain(span)} does not`,
      )
}

/** Whether a text of an answer is the recorded one, made safe to show: nothing invisible, and perhaps cut. */
function isShown(shown, recorded) {
  const safe = String(recorded)
    .toWellFormed()
    .replace(/[^\P{C}\n\t]|[\u2028\u2029]/gu, '\ufffd')
  const same = String(shown).replace(/[^\P{C}\n\t]|[\u2028\u2029]/gu, '\ufffd')
  const line = safe.replace(/\s+/gu, ' ').trim()
  if (same === safe || same === line) return true
  const cut = /^(.*)…( \[\d+ characters more\])?$/su.exec(same)
  return cut !== null && [safe, line].some((text) => text.startsWith(cut[1]))
}

/** The line about the records that their instances have signed: see check-seals.ts, which is below the line with the decision. */
function checkSeals(records) {
  try {
    return decisionCode.sealLines(records.map(({ row }) => row))
  } catch (thrown) {
    return fail('tampered', `records: ${thrown.message}`)
  }
}

// The decision: made again from the sealed records, by the code that made it.

/** The lines that say what the answer rests on. Fails when the answer is not what the records come to. */
function checkDecision(files, { records, committed, statement }) {
  const answer = parseJson(files, 'answer.json')
  const index = parseJson(files, 'evidence.json')
  if (
    !Array.isArray(index.rows) ||
    index.rows.length > evidenceRowsMax ||
    !Array.isArray(index.texts)
  )
    fail('malformed', `evidence.json: expected at most ${evidenceRowsMax} rows, and texts`)
  const { predicate } = statement
  if (predicate.verdict !== answer.verdict || !isSame(predicate.question, answer.question))
    fail('tampered', 'answer.json: is not the answer that the manifest tells of')
  const byPlace = new Map(
    records.map((record) => [placeName(record.row.log_id, record.row.log_index), record]),
  )
  const ground = {
    record: (log, place) => {
      const found = byPlace.get(placeName(log, place))
      return found && { columns: found.row, leaf: leafOf(found.form).toString('hex') }
    },
    text: (log, place) => committed.get(byPlace.get(placeName(log, place))?.row.commitment),
  }
  const { answer: decided, textsStated } = decideAgain(index, ground, answer)
  const said = decisionCode.decidedPart(answer)
  for (const field of new Set([...Object.keys(decided), ...Object.keys(said)]))
    if (!isSame(decided[field], said[field])) failDecision(index, field, { said, decided })
  if (index.answer_sha256 !== sha256(need(files, 'answer.json')).toString('hex'))
    fail('tampered', 'answer.json: is not the answer that evidence.json names')
  const by = `decision code ${decisionCode.id}`
  const count = new Set(index.rows.map(({ log, index: place }) => placeName(log, place))).size
  return [
    `DECIDED AGAIN: verdict, actor, agent, delegator, prompt, plan, chain, gaps and summary follow from ${count} sealed records, by ${by}`,
    `NOT DECIDED AGAIN: "integrity", "cost" and the gaps "unsealed" and "sealed_span_missing" of the answer, which are of the moment when it was asked${
      answer.reasons.length === said.reasons.length
        ? ''
        : '; that the agent was revoked, which is on record beside the evidence'
    }${
      textsStated === 0
        ? ''
        : `; what became of ${textsStated} texts that are not here is as the exporter says`
    }`,
  ]
}

function decideAgain(index, ground, answer) {
  try {
    return decisionCode.decideOffline(index, ground, answer)
  } catch (thrown) {
    return fail('tampered', `evidence.json: ${thrown.message}`)
  }
}

function failDecision({ decided_with: other }, field, { said, decided }) {
  const shown = (value) => JSON.stringify(value ?? null).slice(0, 80)
  const what = `answer.json: "${plain(field)}" is ${shown(said[field])}; the sealed records come to ${shown(decided[field])}`
  if (other === decisionCode.id) fail('tampered', what)
  fail(
    'undecided',
    `${what}, by decision code ${decisionCode.id}; the answer names ${plain(String(other))}: take verify.mjs of that version`,
  )
}

function placeName(log, index) {
  return `${index} ${log}`
}

/** Whether two values are the same JSON, in whatever order their fields stand. */
function isSame(one, other) {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return one === other
  const [fields, others] = [Object.keys(one), Object.keys(other)]
  return (
    Array.isArray(one) === Array.isArray(other) &&
    fields.length === others.length &&
    fields.every((field) => Object.hasOwn(other, field) && isSame(one[field], other[field]))
  )
}

// Bytes and keys.

function parseVkey(vkey) {
  const [name, idHex, ...key] = vkey.split('+')
  const bytes = strictBase64(key.join('+'), 'vkey')
  const id = sha256(Buffer.concat([Buffer.from(`${name}\n`), bytes])).subarray(0, 4)
  if (id.toString('hex') !== idHex || bytes.length !== 33)
    fail('malformed', `trust: ${plain(vkey)} is no key`)
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytes.subarray(1)])
  return {
    vkey,
    name,
    id,
    type: bytes[0],
    publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' }),
  }
}

function need(files, name) {
  return files.get(name) ?? fail('malformed', `${name}: is missing`)
}
function textOf(files, name) {
  return need(files, name).toString('utf8')
}
function parseJson(files, name) {
  try {
    return JSON.parse(textOf(files, name))
  } catch (thrown) {
    return thrown instanceof Finding
      ? fail(thrown.code, thrown.message)
      : fail('malformed', `${name}: is no JSON`)
  }
}
function strictBase64(text, where) {
  const bytes = Buffer.from(String(text), 'base64')
  return bytes.toString('base64') === text ? bytes : fail('malformed', `${where}: expected base64`)
}
function sha256(bytes) {
  return createHash('sha256').update(bytes).digest()
}
function nodeHash(left, right) {
  return sha256(Buffer.concat([Buffer.of(1), left, right]))
}
/** Printable ASCII, so that no text of a package can play with a terminal. */
function plain(text) {
  return text.replace(/[^\x20-\x7e]/gu, '?').slice(0, 200)
}
