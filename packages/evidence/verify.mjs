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

// ---------------------------------------------------------------------------------------------------------------------
// Below this line nothing is written by hand: the code that decides answers, of packages/query/src of Whodid, as it runs there.

import * as nodeCrypto from 'node:crypto'
var whodidDecision = (function(exports, node_crypto) {
	Object.defineProperty(exports, Symbol.toStringTag, { value: "Module" });
	// packages/model/src/attributes.ts
	/**
	* The attribute keys Whodid emits and reads: the frozen names of the product, one place.
	*
	* Own names live under `whodid.`; a standard name is used wherever OpenTelemetry has merged one. Un-merged names are
	* never emitted under `gen_ai.`. Keys are grouped as a responder thinks of them, not by span type.
	*/
	const attribute = {
		recordKind: "whodid.record.kind",
		actorType: "whodid.actor.type",
		seq: "whodid.seq",
		correlationId: "whodid.correlation.id",
		templateId: "gen_ai.agent.id",
		templateName: "gen_ai.agent.name",
		templateVersion: "gen_ai.agent.version",
		instanceId: "whodid.agent.instance.id",
		instanceParentId: "whodid.agent.instance.parent_id",
		identityId: "whodid.agent.identity.id",
		delegatorId: "whodid.delegator.id",
		delegatorType: "whodid.delegator.type",
		delegatorIssuer: "whodid.delegator.issuer",
		delegationId: "whodid.delegation.id",
		delegationParentId: "whodid.delegation.parent_id",
		delegationIssuer: "whodid.delegation.issuer",
		delegationAudience: "whodid.delegation.audience",
		delegationExpiresAt: "whodid.delegation.expires_at",
		delegationScopes: "whodid.delegation.scopes",
		delegationChain: "whodid.delegation.chain",
		userId: "user.id",
		sessionId: "session.id",
		conversationId: "gen_ai.conversation.id",
		serviceName: "service.name",
		promptRef: "whodid.prompt.ref",
		promptOrigin: "whodid.prompt.origin",
		promptHash: "whodid.prompt.hash",
		planRef: "whodid.plan.ref",
		planHash: "whodid.plan.hash",
		planStep: "whodid.plan.step",
		operationName: "gen_ai.operation.name",
		inputMessages: "gen_ai.input.messages",
		outputMessages: "gen_ai.output.messages",
		systemInstructions: "gen_ai.system_instructions",
		toolName: "gen_ai.tool.name",
		toolType: "gen_ai.tool.type",
		toolDescription: "gen_ai.tool.description",
		toolCallId: "gen_ai.tool.call.id",
		toolCallArguments: "gen_ai.tool.call.arguments",
		toolCallResult: "gen_ai.tool.call.result",
		toolArgumentsHash: "whodid.tool.arguments_hash",
		toolResultHash: "whodid.tool.result_hash",
		actionId: "whodid.action.id",
		actionVerb: "whodid.action.verb",
		actionOutcome: "whodid.action.outcome",
		outcomeRule: "whodid.outcome.rule",
		resourceId: "whodid.resource.id",
		resourceType: "whodid.resource.type",
		inputSource: "whodid.input.source",
		inputTrust: "whodid.input.trust",
		inputHash: "whodid.input.hash",
		credentialId: "whodid.credential.id",
		credentialType: "whodid.credential.type",
		credentialSubject: "whodid.credential.subject",
		credentialActor: "whodid.credential.actor",
		credentialIssuer: "whodid.credential.issuer",
		credentialExpiresAt: "whodid.credential.expires_at",
		credentialScopes: "whodid.credential.scopes",
		credentialBorrowed: "whodid.credential.borrowed",
		approvalId: "whodid.approval.id",
		approvalDecision: "whodid.approval.decision",
		approvalSource: "whodid.approval.source",
		approverId: "whodid.approval.approver.id",
		approvalPolicyId: "whodid.approval.policy.id",
		approvalReason: "whodid.approval.reason",
		revocationId: "whodid.revocation.id",
		revocationAction: "whodid.revocation.action",
		revocationTargetKind: "whodid.revocation.target.kind",
		revocationTargetId: "whodid.revocation.target.id",
		revocationCause: "whodid.revocation.cause",
		revocationInitiatorId: "whodid.revocation.initiator.id",
		seenRevocation: "whodid.seen.revocation",
		seenRevocationId: "whodid.seen.revocation_id",
		sealId: "whodid.seal.id",
		sealJws: "whodid.seal.jws",
		identityToken: "whodid.agent.identity.token",
		sealResult: "whodid.seal.result",
		sealKey: "whodid.seal.key",
		sealToken: "whodid.seal.token",
		sealClaims: "whodid.seal.claims"
	};
	/** The kinds of record, in `whodid.record.kind`. Derived on ingest when the emitter did not say. */
	const recordKinds = [
		"session",
		"prompt",
		"plan",
		"model_call",
		"tool_call",
		"action",
		"delegation",
		"approval",
		"input",
		"other"
	];
	/** The kinds of actor, in `whodid.actor.type`. */
	const actorTypes = [
		"agent",
		"human",
		"service"
	];
	/** The kinds of delegator on whose behalf an instance acts, in `whodid.delegator.type`. `none` is said explicitly, never implied by absence. */
	const delegatorTypes = [
		"human",
		"service",
		"schedule",
		"agent",
		"none"
	];
	/** The origins of a prompt, in `whodid.prompt.origin`. */
	const promptOrigins = [
		"human",
		"agent",
		"system",
		"schedule",
		"tool",
		"unknown"
	];
	/** The outcomes of an action, in `whodid.action.outcome`. `unknown` stands on the intent that is exported before the act. */
	const outcomes = [
		"success",
		"failure",
		"denied",
		"unknown"
	];
	/** The trust in content that entered a model's context, in `whodid.input.trust`. */
	const inputTrusts = [
		"trusted",
		"untrusted",
		"unknown"
	];
	attribute.templateId, attribute.instanceId, attribute.delegatorId, attribute.delegatorType, attribute.delegatorIssuer, attribute.delegationId, attribute.correlationId, attribute.promptRef, attribute.planRef, attribute.delegationChain;
	/**
	* Rules of ingest whose attribute only goes with a claim and does not make it: a session may hold several runs of an
	* agent, and a service several agents. Their values are shown and searched; they never name an instance, never contradict
	* a claim, and are never held against the ingest client.
	*/
	const hintRules = /* @__PURE__ */ new Set(["session_id", "resource.service_name"]);
	// packages/model/src/byte-writer.ts
	/** Smallest buffer a writer starts with, in bytes. */
	const initialBytes = 65536;
	/** Bytes of the largest buffer that {@link ByteWriter.clear} keeps. */
	const keptBytesMax = 1048576;
	/** UTF-16 units up to which a text is written unit by unit, which is cheaper than a call for it. */
	const shortLengthMax = 24;
	/** Bytes of the longest VarUInt of a safe integer. */
	const varUintBytesMax = 8;
	/** Bytes from which on a call that copies costs less than a loop. */
	const copyBytesMin = 64;
	/** Bytes that JSON takes for one byte at most, `\\u001f`. */
	const escapedBytesMax = 6;
	/** Digits of the largest safe integer. */
	const decimalBytesMax = 16;
	/** The letter behind the backslash, of the bytes that have a short escape. */
	const shortEscapes = /* @__PURE__ */ new Uint8Array(128);
	for (const pair of [
		"\bb",
		"	t",
		"\nn",
		"\ff",
		"\rr",
		`""`,
		"\\\\"
	]) shortEscapes[pair.charCodeAt(0)] = pair.charCodeAt(1);
	/** Appends the primitives of ClickHouse's RowBinary and Native formats to a growing buffer. Integers are little-endian. */
	var ByteWriter = class {
		#buffer = Buffer.allocUnsafeSlow(initialBytes);
		#view = new DataView(this.#buffer.buffer);
		#length = 0;
		/** Bytes written so far. */
		get length() {
			return this.#length;
		}
		/** The bytes written so far, copied out: the writer may go on. */
		toBytes() {
			return Buffer.from(this.#buffer.subarray(0, this.#length));
		}
		/** The bytes written so far, until the next call of anything else. */
		view() {
			return this.#buffer.subarray(0, this.#length);
		}
		/** Starts again, with the buffer that is there; one that has grown past a megabyte is given back. */
		clear() {
			this.#length = 0;
			if (this.#buffer.length <= keptBytesMax) return;
			this.#buffer = Buffer.allocUnsafeSlow(initialBytes);
			this.#view = new DataView(this.#buffer.buffer);
		}
		/** LEB128, as ClickHouse's VarUInt. Precondition: a safe integer ≥ 0. */
		varUint(value) {
			this.#reserve(varUintBytesMax);
			this.#putVarUint(value);
		}
		/** Length-prefixed UTF-8; a lone surrogate becomes U+FFFD. */
		string(text) {
			if (text.length <= shortLengthMax && this.#shortAscii(text)) return;
			this.#reserve(text.length * 3 + 16);
			const start = this.#length;
			this.#putVarUint(text.length);
			const textStart = this.#length;
			const byteLength = this.#buffer.write(text, textStart);
			if (byteLength === text.length) this.#length += byteLength;
			else this.#moveText(start, textStart, byteLength);
		}
		/** `byteLength` bytes from hex; '' writes zeroes. Precondition: '' or exactly twice as many hex digits. */
		hex(text, byteLength) {
			this.#reserve(byteLength);
			if (text === "") return this.zeroes(byteLength);
			this.#buffer.write(text, this.#length, byteLength, "hex");
			this.#length += byteLength;
		}
		/** Length-prefixed bytes, as a text has them. */
		bytes(bytes) {
			this.#reserve(bytes.length + varUintBytesMax);
			this.#putVarUint(bytes.length);
			this.#buffer.set(bytes, this.#length);
			this.#length += bytes.length;
		}
		/** Bytes as they are. */
		raw(bytes) {
			this.#reserve(bytes.length);
			this.#buffer.set(bytes, this.#length);
			this.#length += bytes.length;
		}
		/** The bytes of `source` from `start` to `end`, as they are. */
		copy(source, start, end) {
			this.#reserve(end - start);
			const buffer = this.#buffer;
			let at = this.#length;
			if (end - start > copyBytesMin) at += source.copy(buffer, at, start, end);
			else for (let from = start; from < end; from += 1) buffer[at++] = source[from] ?? 0;
			this.#length = at;
		}
		/** The same with their length in front, as a text has it. */
		text(source, start, end) {
			this.varUint(end - start);
			this.copy(source, start, end);
		}
		/** UTF-8 within a string of JSON, with the escapes of `JSON.stringify`. Precondition: no surrogates. */
		escaped(source, start, end) {
			this.#reserve((end - start) * escapedBytesMax);
			const buffer = this.#buffer;
			let at = this.#length;
			for (let from = start; from < end; from += 1) {
				const byte = source[from] ?? 0;
				if (byte >= 32 && byte !== 34 && byte !== 92) {
					buffer[at++] = byte;
					continue;
				}
				buffer[at++] = 92;
				const short = shortEscapes[byte] ?? 0;
				if (short !== 0) buffer[at++] = short;
				else at += buffer.write(`u00${byte.toString(16).padStart(2, "0")}`, at, "latin1");
			}
			this.#length = at;
		}
		/** The digits of a safe integer ≥ 0. */
		decimal(value) {
			this.#reserve(decimalBytesMax);
			let digits = 1;
			for (let limit = 10; limit <= value; limit *= 10) digits += 1;
			let rest = value;
			for (let at = this.#length + digits - 1; at >= this.#length; at -= 1) {
				const tenth = Math.floor(rest / 10);
				this.#buffer[at] = 48 + (rest - tenth * 10);
				rest = tenth;
			}
			this.#length += digits;
		}
		/** All that another writer has, with its length in front. */
		textOf(other) {
			this.text(other.#buffer, 0, other.#length);
		}
		/** True when all that was written are the bytes of `source` from `start` to `end`. */
		isEqual(source, start, end) {
			const buffer = this.#buffer;
			const length = this.#length;
			if (length !== end - start) return false;
			for (let at = 0; at < length; at += 1) if (buffer[at] !== source[start + at]) return false;
			return true;
		}
		/** `byteLength` zeroes. */
		zeroes(byteLength) {
			this.#reserve(byteLength);
			this.#buffer.fill(0, this.#length, this.#length + byteLength);
			this.#length += byteLength;
		}
		/** A text of characters up to U+00FF, each as one byte, without its length. */
		latin1(text) {
			this.#reserve(text.length);
			this.#length += this.#buffer.write(text, this.#length, "latin1");
		}
		/** A text in UTF-8, without its length. */
		utf8(text) {
			this.#reserve(text.length * 3);
			this.#length += this.#buffer.write(text, this.#length);
		}
		/** Takes back all that was written from `length` on. */
		truncate(length) {
			this.#length = Math.min(this.#length, length);
		}
		/** Writes one byte over. Precondition: `at` is below {@link length}. */
		set(at, value) {
			this.#buffer[at] = value;
		}
		uint8(value) {
			this.#reserve(1);
			this.#buffer[this.#length++] = value;
		}
		uint32(value) {
			this.#reserve(4);
			this.#view.setUint32(this.#length, value, true);
			this.#length += 4;
		}
		int64(value) {
			this.#reserve(8);
			this.#view.setBigInt64(this.#length, value, true);
			this.#length += 8;
		}
		/** As {@link int64}. Precondition: a safe integer. */
		safeInt64(value) {
			this.#reserve(8);
			this.#view.setUint32(this.#length, value >>> 0, true);
			this.#view.setInt32(this.#length + 4, Math.floor(value / 2 ** 32), true);
			this.#length += 8;
		}
		/** Writes ASCII that is shorter than 128 bytes; leaves everything as it was when the text is none. */
		#shortAscii(text) {
			this.#reserve(text.length + 1);
			const buffer = this.#buffer;
			const start = this.#length + 1;
			for (let index = 0; index < text.length; index += 1) {
				const unit = text.charCodeAt(index);
				if (unit >= 128) return false;
				buffer[start + index] = unit;
			}
			buffer[start - 1] = text.length;
			this.#length = start + text.length;
			return true;
		}
		/** Puts the right length in front of a text that took more bytes than it has units. Precondition: there is room. */
		#moveText(start, textStart, byteLength) {
			let headBytes = 1;
			for (let rest = byteLength; rest >= 128; rest = Math.floor(rest / 128)) headBytes += 1;
			this.#buffer.copyWithin(start + headBytes, textStart, textStart + byteLength);
			this.#length = start;
			this.#putVarUint(byteLength);
			this.#length += byteLength;
		}
		#putVarUint(value) {
			let rest = value;
			while (rest >= 128) {
				this.#buffer[this.#length++] = rest % 128 | 128;
				rest = Math.floor(rest / 128);
			}
			this.#buffer[this.#length++] = rest;
		}
		#reserve(byteLength) {
			const needed = this.#length + byteLength;
			if (needed <= this.#buffer.length) return;
			const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
			this.#buffer.copy(grown, 0, 0, this.#length);
			this.#buffer = grown;
			this.#view = new DataView(grown.buffer);
		}
	};
	// packages/model/src/record-rest.ts
	/**
	* The fields of a record that no question filters on, in the order in which `rest` holds them. The view `whodid.v_spans` has a
	* column of each; a test holds the two together.
	*/
	const restFields = [
		{
			name: "signal",
			key: "sg",
			kind: "text",
			read: (r) => r.signal === "span" ? "" : r.signal
		},
		{
			name: "name",
			key: "n",
			kind: "text",
			read: (r) => r.name
		},
		{
			name: "kind",
			key: "k",
			kind: "count",
			read: (r) => r.kind
		},
		{
			name: "status_code",
			key: "sc",
			kind: "count",
			read: (r) => r.statusCode
		},
		{
			name: "status_message",
			key: "sm",
			kind: "text",
			read: (r) => r.statusMessage
		},
		{
			name: "trace_state",
			key: "ts",
			kind: "text",
			read: (r) => r.traceState
		},
		{
			name: "flags",
			key: "f",
			kind: "count",
			read: (r) => r.flags
		},
		{
			name: "dropped_count",
			key: "dc",
			kind: "count",
			read: (r) => r.droppedCount
		},
		{
			name: "service_name",
			key: "sn",
			kind: "text",
			read: (r) => r.serviceName
		},
		{
			name: "scope_name",
			key: "on",
			kind: "text",
			read: (r) => r.scopeName
		},
		{
			name: "scope_version",
			key: "ov",
			kind: "text",
			read: (r) => r.scopeVersion
		},
		{
			name: "template_name",
			key: "tn",
			kind: "text",
			read: (r) => r.templateName
		},
		{
			name: "template_version",
			key: "tv",
			kind: "text",
			read: (r) => r.templateVersion
		},
		{
			name: "instance_parent_id",
			key: "ip",
			kind: "text",
			read: (r) => r.instanceParentId
		},
		{
			name: "identity_id",
			key: "ii",
			kind: "text",
			read: (r) => r.identityId
		},
		{
			name: "delegator_type",
			key: "dt",
			kind: "text",
			read: (r) => r.delegatorType
		},
		{
			name: "delegator_issuer",
			key: "di",
			kind: "text",
			read: (r) => r.delegatorIssuer
		},
		{
			name: "delegation_id",
			key: "gi",
			kind: "text",
			read: (r) => r.delegationId
		},
		{
			name: "delegation_parent_id",
			key: "gp",
			kind: "text",
			read: (r) => r.delegationParentId
		},
		{
			name: "delegation_issuer",
			key: "gs",
			kind: "text",
			read: (r) => r.delegationIssuer
		},
		{
			name: "delegation_audience",
			key: "ga",
			kind: "text",
			read: (r) => r.delegationAudience
		},
		{
			name: "delegation_expires_at",
			key: "ge",
			kind: "text",
			read: (r) => r.delegationExpiresAt
		},
		{
			name: "delegation_scopes",
			key: "gc",
			kind: "list",
			read: (r) => r.delegationScopes
		},
		{
			name: "delegation_chain",
			key: "gh",
			kind: "list",
			read: (r) => r.delegationChain
		},
		{
			name: "session_id",
			key: "si",
			kind: "text",
			read: (r) => r.sessionId
		},
		{
			name: "conversation_id",
			key: "ci",
			kind: "text",
			read: (r) => r.conversationId
		},
		{
			name: "template_rule",
			key: "tr",
			kind: "text",
			read: (r) => r.templateRule
		},
		{
			name: "instance_rule",
			key: "ir",
			kind: "text",
			read: (r) => r.instanceRule
		},
		{
			name: "delegator_rule",
			key: "dr",
			kind: "text",
			read: (r) => r.delegatorRule
		},
		{
			name: "prompt_origin",
			key: "po",
			kind: "text",
			read: (r) => r.promptOrigin
		},
		{
			name: "prompt_hash",
			key: "ph",
			kind: "text",
			read: (r) => r.promptHash
		},
		{
			name: "plan_ref",
			key: "pr",
			kind: "text",
			read: (r) => r.planRef
		},
		{
			name: "plan_hash",
			key: "lh",
			kind: "text",
			read: (r) => r.planHash
		},
		{
			name: "plan_step",
			key: "ls",
			kind: "number",
			read: (r) => r.planStep
		},
		{
			name: "seq",
			key: "q",
			kind: "number",
			read: (r) => r.seq
		},
		{
			name: "tool_call_id",
			key: "tc",
			kind: "text",
			read: (r) => r.toolCallId
		},
		{
			name: "arguments_hash",
			key: "ah",
			kind: "text",
			read: (r) => r.argumentsHash
		},
		{
			name: "result_hash",
			key: "rh",
			kind: "text",
			read: (r) => r.resultHash
		},
		{
			name: "resource_type",
			key: "rt",
			kind: "text",
			read: (r) => r.resourceType
		},
		{
			name: "input_source",
			key: "is",
			kind: "text",
			read: (r) => r.inputSource
		},
		{
			name: "input_trust",
			key: "it",
			kind: "text",
			read: (r) => r.inputTrust
		},
		{
			name: "input_hash",
			key: "ih",
			kind: "text",
			read: (r) => r.inputHash
		},
		{
			name: "credential_type",
			key: "ct",
			kind: "text",
			read: (r) => r.credentialType
		},
		{
			name: "credential_subject",
			key: "cs",
			kind: "text",
			read: (r) => r.credentialSubject
		},
		{
			name: "credential_actor",
			key: "ca",
			kind: "text",
			read: (r) => r.credentialActor
		},
		{
			name: "credential_issuer",
			key: "cr",
			kind: "text",
			read: (r) => r.credentialIssuer
		},
		{
			name: "credential_expires_at",
			key: "ce",
			kind: "text",
			read: (r) => r.credentialExpiresAt
		},
		{
			name: "credential_scopes",
			key: "cc",
			kind: "list",
			read: (r) => r.credentialScopes
		},
		{
			name: "credential_borrowed",
			key: "cb",
			kind: "bool",
			read: (r) => r.credentialBorrowed
		},
		{
			name: "approval_id",
			key: "ai",
			kind: "text",
			read: (r) => r.approvalId
		},
		{
			name: "approval_decision",
			key: "ad",
			kind: "text",
			read: (r) => r.approvalDecision
		},
		{
			name: "approval_source",
			key: "as",
			kind: "text",
			read: (r) => r.approvalSource
		},
		{
			name: "approver_id",
			key: "av",
			kind: "text",
			read: (r) => r.approverId
		},
		{
			name: "approval_policy_id",
			key: "ap",
			kind: "text",
			read: (r) => r.approvalPolicyId
		},
		{
			name: "approval_reason",
			key: "ar",
			kind: "text",
			read: (r) => r.approvalReason
		},
		{
			name: "events",
			key: "ev",
			kind: "text",
			read: (r) => r.events
		},
		{
			name: "links",
			key: "li",
			kind: "text",
			read: (r) => r.links
		}
	];
	/**
	* Writes the fields without a column of their own as one JSON object: those that are set, in the order of {@link restFields},
	* without white space, texts escaped as `JSON.stringify` does. '' when none is set.
	*/
	function restOf(record) {
		let json = "";
		for (const [place, field] of restFields.entries()) {
			const value = valueOf(field, record);
			if (value !== "") json += `${json === "" ? "{" : ","}${prefixes[place] ?? ""}${value}`;
		}
		return json === "" ? "" : `${json}}`;
	}
	const prefixes = restFields.map(({ key }) => `"${key}":`);
	function valueOf(field, record) {
		switch (field.kind) {
			case "text": {
				const text = field.read(record);
				return text === "" ? "" : JSON.stringify(text);
			}
			case "list": {
				const list = field.read(record);
				return list.length === 0 ? "" : JSON.stringify(list);
			}
			case "count": {
				const count = field.read(record);
				return count === 0 ? "" : String(count);
			}
			case "number": {
				const number = field.read(record);
				return number === -1 ? "" : String(number);
			}
			case "bool": return field.read(record) ? "true" : "";
		}
	}
	// packages/model/src/record-fields.ts
	/**
	* The fields that a record's place in the log gives, or that may differ when its span is sent again: in front of a row, and
	* hashed beside the digest of all other fields.
	*/
	const headFields = [
		{
			column: "log_id",
			kind: "text",
			read: (r) => r.logId
		},
		{
			column: "log_index",
			kind: "uint64",
			read: (r) => r.logIndex
		},
		{
			column: "received_at",
			kind: "time",
			read: (r) => r.receivedUnixNs
		},
		{
			column: "channel",
			kind: "text",
			read: (r) => r.channel
		},
		{
			column: "text_block",
			kind: "fixed",
			bytes: 24,
			read: (r) => r.textBlockHex
		},
		{
			column: "text_at",
			kind: "uint32",
			read: (r) => r.textAt
		}
	];
	/** The fields that a span sent again repeats: hashed into the record's body digest, whose beginning is the record's key. */
	const bodyFields = [
		{
			column: "tenant",
			kind: "text",
			read: (r) => r.tenant
		},
		{
			column: "exporter",
			kind: "text",
			read: (r) => r.exporter
		},
		{
			column: "trace_id",
			kind: "fixed",
			bytes: 16,
			read: (r) => r.traceIdHex
		},
		{
			column: "span_id",
			kind: "fixed",
			bytes: 8,
			read: (r) => r.spanIdHex
		},
		{
			column: "parent_span_id",
			kind: "fixed",
			bytes: 8,
			read: (r) => r.parentSpanIdHex
		},
		{
			column: "ts",
			kind: "time",
			read: (r) => r.startUnixNs
		},
		{
			column: "end_ts",
			kind: "time",
			read: (r) => r.endUnixNs
		},
		{
			column: "record_kind",
			kind: "text",
			read: (r) => r.recordKind
		},
		{
			column: "actor_type",
			kind: "text",
			read: (r) => r.actorType
		},
		{
			column: "template_id",
			kind: "text",
			read: (r) => r.templateId
		},
		{
			column: "instance_id",
			kind: "text",
			read: (r) => r.instanceId
		},
		{
			column: "delegator_id",
			kind: "text",
			read: (r) => r.delegatorId
		},
		{
			column: "user_id",
			kind: "text",
			read: (r) => r.userId
		},
		{
			column: "correlation_id",
			kind: "text",
			read: (r) => r.correlationId
		},
		{
			column: "credential_id",
			kind: "text",
			read: (r) => r.credentialId
		},
		{
			column: "action_id",
			kind: "text",
			read: (r) => r.actionId
		},
		{
			column: "verb",
			kind: "text",
			read: (r) => r.verb
		},
		{
			column: "outcome",
			kind: "text",
			read: (r) => r.outcome
		},
		{
			column: "resource_id",
			kind: "text",
			read: (r) => r.resourceId
		},
		{
			column: "tool_name",
			kind: "text",
			read: (r) => r.toolName
		},
		{
			column: "prompt_ref",
			kind: "text",
			read: (r) => r.promptRef
		},
		{
			column: "commitment",
			kind: "fixed",
			bytes: 32,
			read: (r) => r.commitmentHex
		},
		{
			column: "rest",
			kind: "text",
			read: restOf
		},
		{
			column: "attributes",
			kind: "text",
			read: (r) => r.attributes
		},
		{
			column: "resource_attributes",
			kind: "text",
			read: (r) => r.resourceAttributes
		}
	];
	/**
	* Every field of a row of `whodid.spans`, in the order of the table and of the row's bytes: the one place where a record's field
	* meets its column. The insert, the hash, the engine's expression for the hash and the table in
	* `docs/FORMAT.md` are made from it or tested against it. The fields without a column of their own are in `rest`: see
	* `restFields`.
	*
	* Changing it changes every leaf from then on: the version in `canonicalRecord` goes up with it.
	*/
	const recordFields = [...headFields, ...bodyFields];
	// packages/model/src/canonical-record.ts
	/** The first bytes of a canonical form: "WD", and its version. */
	const formMark = Buffer.from("574402", "hex");
	new ByteWriter();
	new ByteWriter();
	// packages/model/src/errors.ts
	/**
	* The kind of each code: `permanent` (the same input fails again) or `retryable` (the environment may recover).
	*/
	const errorCodes = {
		invalid_config: "permanent",
		keys_command_failed: "retryable",
		invalid_handle: "permanent",
		invalid_time: "permanent",
		invalid_parameter: "permanent",
		invalid_cursor: "permanent",
		invalid_body: "permanent",
		unsupported_content_type: "permanent",
		unsupported_encoding: "permanent",
		body_too_large: "permanent",
		method_not_allowed: "permanent",
		not_found: "permanent",
		unauthenticated: "permanent",
		forbidden: "permanent",
		log_full: "retryable",
		log_failed: "retryable",
		seal_failed: "permanent",
		not_sealed: "retryable",
		too_many_requests: "retryable",
		too_many_connections: "retryable",
		store_unavailable: "retryable",
		store_refused: "permanent",
		range_required: "permanent",
		content_unreadable: "permanent",
		under_hold: "permanent",
		ledger_shared: "permanent",
		nothing_lost: "permanent",
		case_full: "permanent",
		query_too_expensive: "permanent",
		read_not_recorded: "retryable",
		migration_changed: "permanent",
		migration_failed: "permanent",
		engine_unsupported: "permanent",
		engine_in_use: "permanent",
		engine_failed: "retryable",
		api_unreachable: "retryable",
		provider_failed: "retryable",
		unknown_name: "permanent",
		action_unrecorded: "retryable",
		token_refused: "permanent",
		agent_stopped: "permanent",
		standing_unknown: "retryable",
		internal: "permanent"
	};
	/**
	* An error a caller can act on: a stable code, a sentence that quotes the field, the expected value and the actual one.
	*
	* `cause` holds the evidence (the engine's error, the parse error), never a secret. Own bugs are not WhodidErrors.
	*/
	var WhodidError = class extends Error {
		name = "WhodidError";
		code;
		constructor(code, message, options) {
			super(message, options);
			this.code = code;
		}
		/** True when the same request may succeed later without being changed. */
		get retryable() {
			return errorCodes[this.code] === "retryable";
		}
	};
	// packages/model/src/ids.ts
	const traceIdPattern = /^[0-9a-f]{32}$/u;
	const spanIdPattern = /^[0-9a-f]{16}$/u;
	const zeroTrace = "0".repeat(32);
	const zeroSpan = "0".repeat(16);
	/** Returns true when text is a trace ID in its canonical form: lower case, not all zero. */
	function isTraceIdHex(text) {
		return traceIdPattern.test(text) && text !== zeroTrace;
	}
	/** Returns true when text is a span ID in its canonical form: lower case, not all zero. */
	function isSpanIdHex(text) {
		return spanIdPattern.test(text) && text !== zeroSpan;
	}
	/** Splits a reference, hex of either case; undefined when it is not one. */
	function parseSpanRef(text) {
		const lower = text.toLowerCase();
		const trace = lower.slice(0, 32);
		const span = lower.slice(33);
		if (lower.charAt(32) !== "-" || !isTraceIdHex(trace) || !isSpanIdHex(span)) return void 0;
		return {
			trace,
			span
		};
	}
	/** Returns true when text is the beginning of a UUID with its first hyphen, such as a narrow column of a screen shows. */
	function isPartOfUuid(text) {
		return text.length < 36 && /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){0,3}[0-9a-f]{0,12}(?:…|\.\.\.)?$/iu.test(text);
	}
	// packages/model/src/printable.ts
	/**
	* Control characters (C0, DEL, C1), which carry terminal escapes, and the bidirectional and invisible format characters
	* that make text read as something else: U+061C, U+200B–200F, U+202A–202E, U+2060–2069, U+FEFF, U+FFF9–FFFB and the
	* tag block U+E0000–E007F.
	*/
	const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;
	/**
	* Makes text from an agent safe to show: each control, bidirectional and invisible character becomes U+FFFD, and so does
	* a lone surrogate. Tab and newline stay. Does NOT escape HTML: that is the renderer's part.
	*/
	function printable(text) {
		return text.toWellFormed().replace(unprintable, "�");
	}
	/** UTF-16 units of a text that are looked at for a line of it. */
	const lineSourceLengthMax = 65536;
	/** As {@link printable}, on one line and cut to `lengthMax` UTF-16 units with an ellipsis. */
	function printableLine(text, lengthMax = 200) {
		const isCut = text.length > lineSourceLengthMax;
		const line = printable(isCut ? text.slice(0, lineSourceLengthMax) : text).replace(/\s+/gu, " ").trim();
		if (line.length <= lengthMax && !isCut) return line;
		return `${line.slice(0, lengthMax - 1).toWellFormed()}…`;
	}
	/**
	* Cuts every character that is one of `characters`, each of one UTF-16 unit, off the end of a text, in one step each. A pattern that ends in `$` begins anew at each place of a
	* run, which takes the square of its length when something stands behind the run.
	*/
	function trimEnd(text, characters) {
		let end = text.length;
		while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
		return text.slice(0, end);
	}
	// packages/model/src/resource-urls.ts
	const anyHost = /./u;
	/** Tried in order. Each function is linear in the length of the URL. */
	const knownUrls = [
		{
			system: "github",
			host: /^raw\.githubusercontent\.com$/u,
			read: readRawGithub
		},
		{
			system: "gitlab",
			host: anyHost,
			read: readGitlab
		},
		{
			system: "jira",
			host: /^[a-z0-9-]+\.atlassian\.net$/u,
			read: readJira
		},
		{
			system: "slack",
			host: /^(?:[a-z0-9-]+\.)?slack\.com$/u,
			read: readSlack
		},
		{
			system: "kubernetes",
			host: anyHost,
			read: readKubernetes
		},
		{
			system: "s3",
			host: /\.amazonaws\.com$/u,
			read: readS3
		},
		{
			system: "s3",
			host: /^(?:[a-z0-9-]+\.)?console\.aws\.amazon\.com$/u,
			read: readS3Console
		},
		{
			system: "gcs",
			host: /^(?:[a-z0-9._-]+\.)?storage\.(?:googleapis|cloud\.google)\.com$/u,
			read: readGcs
		},
		{
			system: "gcp",
			host: /^[a-z0-9-]+\.googleapis\.com$/u,
			read: readGcp
		},
		{
			system: "azure",
			host: /^(?:management|portal)\.azure\.com$/u,
			read: readAzure
		},
		{
			system: "azure",
			host: /^[a-z0-9]+\.blob\.core\.windows\.net$/u,
			read: readAzureBlob
		},
		{
			system: "npm",
			host: /^(?:www\.npmjs\.com|npmjs\.com|registry\.npmjs\.org)$/u,
			read: readNpm
		},
		{
			system: "pypi",
			host: /^pypi\.org$/u,
			read: readPypi
		},
		{
			system: "oci",
			host: /^hub\.docker\.com$/u,
			read: readDockerHub
		},
		{
			system: "oci",
			host: anyHost,
			read: readRegistry
		}
	];
	function readRawGithub({ parts }) {
		const [owner, repo, ...rest] = parts;
		if (owner === void 0 || repo === void 0 || rest.length < 2) return void 0;
		return `github:file:${owner.toLowerCase()}/${repo.toLowerCase()}/${rest.join("/")}`;
	}
	const gitlabKinds = /* @__PURE__ */ new Map([
		["merge_requests", "merge_request"],
		["issues", "issue"],
		["work_items", "issue"],
		["commit", "commit"],
		["commits", "commit"],
		["blob", "file"],
		["pipelines", "pipeline"],
		["jobs", "job"]
	]);
	/** Pages have `/-/` behind the project, wherever GitLab is hosted; the API has the whole project in one segment. */
	function readGitlab({ host, parts }) {
		const [root, version, projects, project = ""] = parts;
		const isApi = root === "api" && version === "v4" && projects === "projects";
		const at = isApi ? 3 : parts.indexOf("-");
		const owner = isApi ? project : parts.slice(0, Math.max(at, 0)).join("/");
		if (!owner.includes("/")) return void 0;
		const named = gitlabName(parts.slice(at + 1).filter((part) => !isApi || part !== "repository"));
		const where = host === "gitlab.com" ? "" : `${host}/`;
		return named === void 0 ? void 0 : `gitlab:${named.kind}:${where}${owner}/${named.tail}`;
	}
	function gitlabName([page = "", ...rest]) {
		const kind = gitlabKinds.get(page);
		const [first] = rest;
		if (kind === void 0 || first === void 0) return void 0;
		if (kind === "file") return {
			kind,
			tail: rest.join("/")
		};
		return (kind === "commit" ? /^[0-9a-f]{7,64}$/u : /^\d{1,20}$/u).test(first) ? {
			kind,
			tail: first
		} : void 0;
	}
	function readJira({ host, parts, parameter }) {
		const isIssue = parts[0] === "browse" || parts[0] === "rest" && parts[3] === "issue";
		const named = parts[0] === "browse" ? parts[1] : parts[4];
		const key = (isIssue ? named : parameter("selectedIssue"))?.toUpperCase();
		if (key === void 0 || !/^[A-Z][A-Z0-9_]{1,30}-\d{1,12}$/u.test(key)) return void 0;
		return `jira:issue:${host.slice(0, host.indexOf("."))}/${key}`;
	}
	/** IDs of channels are unique across workspaces, and a page of the app does not name the workspace. */
	function readSlack({ parts }) {
		const [root, first, second] = parts;
		const channel = root === "archives" ? first : root === "client" ? second : void 0;
		if (channel === void 0 || !/^[CDG][A-Z0-9]{6,20}$/u.test(channel)) return void 0;
		const [, seconds, micros] = /^p(\d{10})(\d{6})$/u.exec(parts[2] ?? "") ?? [];
		if (root === "archives" && seconds !== void 0 && micros !== void 0) return `slack:message:${channel}/${seconds}.${micros}`;
		return `slack:channel:${channel}`;
	}
	/** One of a kind for each kind of object: the API's path has the plural. */
	function singular(plural) {
		if (plural === "ingresses") return "ingress";
		if (plural.endsWith("policies")) return `${plural.slice(0, -3)}y`;
		if (plural.endsWith("classes")) return plural.slice(0, -2);
		return plural.endsWith("s") && plural !== "endpoints" ? plural.slice(0, -1) : plural;
	}
	function readKubernetes({ host, parts }) {
		const [root, first = "", second = ""] = parts;
		const version = root === "api" ? first : root === "apis" ? second : "";
		const rest = parts.slice(root === "api" ? 2 : 3);
		if (!/^v\d[a-z0-9]{0,12}$/u.test(version) || rest[0] !== "namespaces") return void 0;
		const [, namespace, plural, name] = rest;
		if (namespace === void 0) return void 0;
		if (plural === void 0) return `k8s:namespace:${host}/${namespace}`;
		if (name === void 0 || !/^[a-z]{1,60}$/u.test(plural)) return void 0;
		return `k8s:${singular(plural)}:${host}/${namespace}/${name}`;
	}
	/** `<bucket>.s3.<region>.amazonaws.com`, or the bucket in the path. */
	function readS3({ host, parts }) {
		const labels = host.split(".");
		const at = labels.findLastIndex((label) => label === "s3" || label.startsWith("s3-"));
		if (at < 0) return void 0;
		const bucket = labels.slice(0, at).join(".");
		return objectOf("s3", bucket === "" ? parts : [bucket, ...parts]);
	}
	function readS3Console({ parts, parameter }) {
		const [root, page, bucket] = parts;
		if (root !== "s3" || bucket === void 0 || page !== "object" && page !== "buckets") return void 0;
		const key = parameter("prefix");
		return objectOf("s3", [bucket, ...key === void 0 || page !== "object" ? [] : [key]]);
	}
	function readGcs({ host, parts }) {
		const bucket = /^(.+)\.storage\.googleapis\.com$/u.exec(host)?.[1];
		if (bucket !== void 0) return objectOf("gs", [bucket, ...parts]);
		const at = parts.indexOf("storage") < 0 ? -1 : parts.indexOf("b");
		if (at < 0) return objectOf("gs", parts);
		const [name = "", object, ...key] = parts.slice(at + 1);
		return objectOf("gs", object === "o" ? [name, ...key] : [name]);
	}
	function objectOf(scheme, [bucket, ...key]) {
		if (bucket === void 0 || !/^[a-z0-9][a-z0-9._-]{1,221}$/u.test(bucket)) return void 0;
		return `${scheme}://${[bucket, ...key].join("/")}`;
	}
	function readGcp({ host, parts }) {
		const at = parts.indexOf("projects");
		if (at < 0 || parts.length < at + 4) return void 0;
		return `gcp:${host.slice(0, host.indexOf("."))}:${parts.slice(at).join("/")}`;
	}
	/** Names of Azure do not distinguish case. The portal has the name in the fragment. */
	function readAzure({ parts, fragment }) {
		const path = parts[0]?.toLowerCase() === "subscriptions" ? parts : fragment.split("/");
		const at = path.findIndex((part) => part.toLowerCase() === "subscriptions");
		const named = at < 0 ? [] : path.slice(at);
		return named.length < 2 ? void 0 : `azure:resource:${named.join("/").toLowerCase()}`;
	}
	function readAzureBlob({ host, parts }) {
		if (parts.length === 0) return void 0;
		return `azure:blob:${host.slice(0, host.indexOf("."))}/${parts.join("/")}`;
	}
	function readNpm({ host, parts }) {
		const isPage = host.endsWith("npmjs.com");
		if (isPage && parts[0] !== "package") return void 0;
		const path = parts.slice(isPage ? 1 : 0).flatMap((part) => part.split("/"));
		const size = path[0]?.startsWith("@") === true ? 2 : 1;
		const name = path.slice(0, size).join("/").toLowerCase();
		const [next, after] = path.slice(size);
		if (!/^(?:@[a-z0-9._~-]+\/)?[a-z0-9_~][a-z0-9._~-]*$/u.test(name)) return void 0;
		const tarball = `${name.slice(name.indexOf("/") + 1)}-`;
		const ofRegistry = (after?.startsWith(tarball) === true ? after.slice(tarball.length) : void 0)?.replace(".tgz", "") ?? next;
		const version = isPage ? next === "v" ? after : void 0 : ofRegistry;
		return versioned(`npm:package:${name}`, version);
	}
	function readPypi({ parts }) {
		const [page, name = "", version] = parts;
		if (page !== "project" && page !== "simple" && page !== "pypi") return void 0;
		if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/u.test(name)) return void 0;
		return versioned(`pypi:package:${name.replaceAll(/[._-]+/gu, "-").toLowerCase()}`, version);
	}
	function versioned(name, version) {
		return version !== void 0 && /^\d[A-Za-z0-9.+_-]*$/u.test(version) ? `${name}@${version}` : name;
	}
	function readDockerHub({ parts }) {
		const [page, first, second] = parts;
		if (page === "_" && first !== void 0) return `oci:image:docker.io/library/${first}`;
		if (page !== "r" || first === void 0 || second === void 0) return void 0;
		return `oci:image:docker.io/${first}/${second}`;
	}
	/** A manifest by the OCI distribution API, on whichever registry. */
	function readRegistry({ host, parts }) {
		const at = parts.lastIndexOf("manifests");
		const reference = parts[at + 1];
		if (parts[0] !== "v2" || at < 2 || reference === void 0) return void 0;
		const name = `oci:image:${host}/${parts.slice(1, at).join("/")}`;
		return reference.startsWith("sha256:") ? `${name}@${reference}` : `${name}:${reference}`;
	}
	/**
	* More combining marks on one letter than any script writes (Unicode's stream-safe text has 30). To put them in order takes
	* the square of their number, so that such a text stays as it came.
	*/
	const longMarks = /\p{M}{31}/u;
	/** Systems whose names do not distinguish case, so that one artefact has one ID. */
	const caseInsensitiveOwners = /* @__PURE__ */ new Set(["github"]);
	const githubKinds = new Map(Object.entries({
		pull: "pull",
		pulls: "pull",
		issues: "issue",
		commit: "commit",
		commits: "commit",
		blob: "file",
		tree: "file"
	}));
	/**
	* Gives a resource its one canonical name, so that a responder's URL and an agent's ID are equal.
	*
	* GitHub URLs of pull requests, issues, commits and files, those of its API too, become
	* `github:<kind>:<owner>/<repo>/<rest>` with owner and repository in lower case (GitHub does not distinguish it); pages and endpoints of the other
	* systems of {@link knownUrls} become that system's name for the resource; other http(s) URLs get the WHATWG form without fragment,
	* percent-encoded only where RFC 3986 §6.2.2 needs it, and without the trailing slash of a non-root path; a `file://` URL of this machine becomes
	* `file:<path>`; everything else is trimmed and put in Unicode form NFC. Idempotent.
	* A name longer than {@link resourceLengthMax} stays as it came, and the time taken grows with the length and no faster.
	* Does NOT resolve symbolic links, redirects or renamed repositories.
	*/
	function normalizeResource(text) {
		if (text.length > 4096) return {
			id: text,
			type: resourceType(text)
		};
		const plain = text.trim();
		const trimmed = longMarks.test(plain) ? plain : plain.normalize("NFC");
		const id = /^https?:\/\//iu.test(trimmed) ? normalizeUrl(trimmed) : normalizeName(normalizeFile(trimmed));
		return {
			id,
			type: resourceType(id)
		};
	}
	/** `file:/srv/a` of `file:///srv/a` and `file://localhost/srv/a` (RFC 8089), without escapes; another host's file keeps its host. */
	function normalizeFile(text) {
		const path = /^file:\/\/(?:localhost)?(\/(?!\/).*)$/isu.exec(text)?.[1];
		if (path === void 0) return text.replace(/^file:(?=\/)/iu, "file:");
		const decoded = decodePart(path).normalize("NFC");
		return `file:${decoded === printable(decoded).trim() && !/[\n\t]/u.test(decoded) && !decoded.startsWith("//") ? decoded : path}`;
	}
	function normalizeUrl(text) {
		let url;
		try {
			url = new URL(text);
		} catch {
			return text;
		}
		const known = githubResource(url) ?? knownResource(url);
		if (known !== void 0) return known;
		url.hash = "";
		url.username = "";
		url.password = "";
		if (url.search === "") url.pathname = trimEnd(url.pathname, "/");
		return plainEscapes(url.href);
	}
	/** Unreserved characters as themselves, and the hex of every other escape in upper case: one spelling of one name. */
	function plainEscapes(href) {
		return href.replace(/%[0-9a-f]{2}/giu, (escape) => {
			const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
			return /[\w.~-]/u.test(character) ? character : escape.toUpperCase();
		});
	}
	function githubResource(url) {
		const parts = url.pathname.split("/").filter((part) => part !== "").map(decodePart);
		if (url.hostname === "github.com" || url.hostname === "www.github.com") return githubPage(parts);
		return url.hostname === "api.github.com" ? githubEndpoint(parts) : void 0;
	}
	function githubPage([owner, repo, page, ...rest]) {
		const kind = page === void 0 ? void 0 : githubKinds.get(page);
		if (owner === void 0 || repo === void 0 || kind === void 0 || rest.length === 0) return void 0;
		return normalizeName(`github:${kind}:${owner}/${repo}/${(kind === "file" ? rest.join("/") : rest[0]) ?? ""}`);
	}
	/** The artefact that an endpoint of GitHub's API, or one beneath it (/merge, /comments), reads or changes. */
	function githubEndpoint([root, owner, repo, page, id]) {
		if (root !== "repos" || owner === void 0 || repo === void 0 || id === void 0) return void 0;
		const isNumber = (page === "pulls" || page === "issues") && /^\d{1,20}$/u.test(id);
		const isCommit = page === "commits" && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u.test(id);
		return isNumber || isCommit ? githubPage([
			owner,
			repo,
			page,
			id
		]) : void 0;
	}
	/** The resource of a page or an endpoint of another known system. A name that would change if it were read again is none. */
	function knownResource(url) {
		const { host } = url;
		const rows = knownUrls.filter((row) => row.host.test(host));
		if (rows.length === 0) return void 0;
		const parts = url.pathname.split("/").filter((part) => part !== "").map(decodePart);
		const parameter = (name) => url.searchParams.get(name) ?? void 0;
		const page = {
			host,
			parts,
			parameter,
			fragment: decodePart(url.hash.slice(1))
		};
		for (const { read } of rows) {
			const id = read(page);
			if (id === void 0) continue;
			return id === normalizeName(printable(id).normalize("NFC").trim()) && !/[\n\t]/u.test(id) ? id : void 0;
		}
	}
	function decodePart(part) {
		try {
			return decodeURIComponent(part);
		} catch {
			return part;
		}
	}
	function normalizeName(text) {
		const match = /^([A-Za-z][A-Za-z0-9+.-]*):([A-Za-z][A-Za-z0-9_-]*):(.+)$/su.exec(text);
		if (match === null) return text;
		const [, system = "", kind = "", path = ""] = match;
		const lowerSystem = system.toLowerCase();
		if (!caseInsensitiveOwners.has(lowerSystem)) return `${lowerSystem}:${kind.toLowerCase()}:${path}`;
		const [owner = "", repo = "", ...rest] = path.split("/");
		return trimEnd([
			`${lowerSystem}:${kind.toLowerCase()}:${owner.toLowerCase()}`,
			repo.toLowerCase(),
			...rest
		].join("/"), "/");
	}
	function resourceType(id) {
		const named = /^([a-z][a-z0-9+.-]*):([a-z][a-z0-9_-]*):/u.exec(id);
		if (named !== null) return `${named[1] ?? ""}.${named[2] ?? ""}`;
		const scheme = /^([a-z][a-z0-9+.-]*):/u.exec(id)?.[1];
		if (scheme === "http" || scheme === "https") return "url";
		return scheme ?? "";
	}
	// packages/model/src/nearest-name.ts
	/** Longest text that is compared, in UTF-16 units: names are short, and the work grows with the square. */
	const comparedLengthMax = 40;
	/**
	* The name that `typed` was most likely meant to be, or undefined when none is near or `typed` is one itself.
	*
	* Near is: the beginning of a name (three letters at least), or one or two letters changed, added, left out or swapped. A name of up to
	* five letters may differ in one, a longer one in two. Case does not count.
	*/
	function nearestName(typed, names) {
		const lower = typed.slice(0, comparedLengthMax).toLowerCase();
		if (names.includes(lower)) return void 0;
		return names.map((name) => ({
			name,
			distance: spellingDistance(lower, name)
		})).filter(({ name, distance: changes }) => {
			return changes <= (Math.min(name.length, lower.length) <= 5 ? 1 : 2) || lower.length >= 3 && name.startsWith(lower);
		}).sort((a, b) => a.distance - b.distance)[0]?.name;
	}
	/**
	* Insertions, deletions, replacements and swaps of neighbours from one to the other (optimal string alignment). The work is the product
	* of the lengths: the caller bounds them.
	*/
	function spellingDistance(from, to) {
		let beforeLast = [];
		let last = Array.from({ length: to.length + 1 }, (_, index) => index);
		for (let row = 1; row <= from.length; row += 1) {
			const next = [row];
			for (let column = 1; column <= to.length; column += 1) {
				const same = from.charAt(row - 1) === to.charAt(column - 1);
				const cheapest = Math.min((last[column - 1] ?? 0) + (same ? 0 : 1), (last[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1);
				const isSwap = row > 1 && column > 1 && from.charAt(row - 1) === to.charAt(column - 2) && from.charAt(row - 2) === to.charAt(column - 1);
				next.push(isSwap ? Math.min(cheapest, (beforeLast[column - 2] ?? 0) + 1) : cheapest);
			}
			beforeLast = last;
			last = next;
		}
		return last.at(-1) ?? 0;
	}
	// packages/model/src/suggest-handle.ts
	/** Every kind that may stand before a colon, other words for one included. */
	const typedKinds = [
		"trace",
		"span",
		"action",
		"instance",
		"template",
		"delegator",
		"correlation",
		"credential",
		"resource",
		"person",
		"user",
		"session",
		"conversation",
		"tool",
		"prompt"
	];
	/** Longest text that is looked at; a longer one gets no suggestion. */
	const suggestedLengthMax = 200;
	const hex = "[0-9a-fA-F]";
	/** Tried in order. Each is linear: no two neighbouring repetitions take the same character. */
	const forms = [
		[new RegExp(`^${hex}{2}-(${hex}{32})-(${hex}{16})-${hex}{2}$`, "u"), "Did you mean \"span:$1-$2\"?"],
		[new RegExp(`^(?:span:)?(${hex}{32})[:/. ](${hex}{16})$`, "iu"), "Did you mean \"span:$1-$2\"?"],
		[new RegExp(`^span:(${hex}{32})$`, "iu"), "Did you mean \"trace:$1\"?"],
		[new RegExp(`^trace:(${hex}{32}-${hex}{16})$`, "iu"), "Did you mean \"span:$1\"?"],
		[new RegExp(`^trace:(${hex}{8})-(${hex}{4})-(${hex}{4})-(${hex}{4})-(${hex}{12})$`, "iu"), "Did you mean \"trace:$1$2$3$4$5\"?"],
		[new RegExp(`^${hex}{8}-${hex}{4}-${hex}{4}-${hex}{4}-${hex}{12}$`, "u"), "Did you mean \"instance:$&\", \"action:$&\" or \"correlation:$&\"?"],
		[/^(trace|span|action|instance|template|delegator|correlation|credential|resource|person|user)[ =]+(\S+)$/iu, "Did you mean \"$1:$2\"?"],
		[/^[^\s@:/]+@[^\s@:/]+\.[^\s@:/]+$/u, "Did you mean \"person:$&\"?"],
		[/^([\w.-]+\/[\w.-]+)#(\d{1,20})$/u, "Did you mean \"github:pull:$1/$2\" or \"github:issue:$1/$2\"?"],
		[/^(?:www\.)?[\w-]+(?:\.[\w-]+)+\/\S+$/u, "Did you mean \"https://$&\"?"],
		[/^\/\S+$/u, "Did you mean \"file:$&\"?"],
		[/^agent:([^:]+)$/iu, "Did you mean \"template:$1\" or \"instance:$1\"?"]
	];
	/**
	* Returns a sentence on the handle that a text was most likely meant to be; undefined when there is no guess.
	*
	* An ID that lacks or has too many digits is reported with how many it has. A kind with a slip in it is a slip; a word of up to five
	* letters only where what follows it is not `kind:path`, since `scan:report:7` is more likely a resource than a span.
	*/
	function suggestHandle(typed) {
		if (typed.length > suggestedLengthMax) return void 0;
		const form = forms.find(([pattern]) => pattern.test(typed));
		if (form !== void 0) return printableLine(typed.replace(...form), 600);
		return suggestDigits(typed) ?? suggestKind(typed);
	}
	/** Says how many digits an ID lacks, when it is one of hex digits but for their number. */
	function suggestDigits(typed) {
		if (isPartOfUuid(typed)) return `An ID of this form has 36 characters, and this is the beginning of one: give it whole, as "instance:<id>"`;
		const [, prefix = "", trace = "", span] = /^(?:(trace|span):)?([0-9a-f]{4,64})(?:-([0-9a-f]{0,64}))?$/iu.exec(typed) ?? [];
		if (trace === "") return void 0;
		const kind = prefix.toLowerCase();
		if (span !== void 0 || kind === "span") return suggestSpan(trace, span);
		return kind === "trace" ? suggestTrace(trace) : suggestBareHex(trace);
	}
	function suggestSpan(trace, span) {
		if (span === void 0) return `A span is <32 hex>-<16 hex>; this has ${trace.length} digits and no "-"`;
		if (trace.length === 32 && span.length === 16) return void 0;
		return `A span is <32 hex>-<16 hex>; this has ${trace.length} and ${span.length} digits`;
	}
	function suggestTrace(trace) {
		if (trace.length === 16) return "A span ID alone is not enough: put its trace before it, <32 hex>-<16 hex>";
		return trace.length === 32 ? void 0 : `A trace ID has 32 hex digits; this has ${trace.length}`;
	}
	function suggestBareHex(digits) {
		if (digits.length < 8 || !/\d/u.test(digits)) return void 0;
		return digits.length === 40 ? "Did you mean \"github:commit:<owner>/<repository>/<hash>\"?" : suggestTrace(digits);
	}
	function suggestKind(typed) {
		const [, prefix = "", value = ""] = /^([A-Za-z_-]+):(\S.*)$/su.exec(typed) ?? [];
		const kind = nearestName(prefix.replace(/[_-]/gu, ""), typedKinds);
		if (kind === void 0) return void 0;
		if (kind.length <= 5 && /^[A-Za-z][\w-]*:./su.test(value)) return void 0;
		return `Did you mean "${kind}:${printableLine(value, 100)}"? For a resource of this name, put "resource:" before it`;
	}
	// packages/model/src/handle.ts
	/** The kinds of handle a responder can type. */
	const handleKinds = [
		"trace",
		"span",
		"action",
		"instance",
		"template",
		"delegator",
		"correlation",
		"credential",
		"resource",
		"session",
		"conversation",
		"tool",
		"prompt"
	];
	/** Other words for a kind. */
	const kindAliases = /* @__PURE__ */ new Map([["person", "delegator"], ["user", "delegator"]]);
	const promptHashPattern = /^sha256:[0-9a-f]{64}$/u;
	/** Longest handle taken, in UTF-16 units; a longer one is no name that a record could carry. */
	const handleLengthMax = 4096;
	/**
	* Parses the text that a responder typed or pasted.
	*
	* `kind:value` for the kinds of {@link handleKinds}, the kind in either case; `person:` and `user:` are `delegator:`. Bare 32 hex is a trace,
	* `hex-hex` a span, `sha256:` and 32 hex a credential, `sha256:` and 64 hex a prompt, a URL or `system:kind:path` a resource. Hex of either case. Resources are put in
	* their canonical form.
	*
	* Throws `invalid_handle` when it is empty, too long, contains NUL, or is none of these; the message says what it was most likely meant
	* to be, where that can be guessed. A kind that is nearly one of these is a slip and not a resource: `resource:` before it says otherwise.
	*/
	function parseHandle(text) {
		const typed = text.trim();
		if (typed === "") throw invalid("is empty", typed);
		if (typed.length > 4096) throw invalid(`is longer than ${handleLengthMax} characters`, typed);
		if (typed.includes("\0")) throw invalid("contains NUL", typed);
		const colon = typed.indexOf(":");
		const prefix = colon < 0 ? "" : typed.slice(0, colon).trimEnd().toLowerCase();
		const kind = handleKinds.find((known) => known === prefix) ?? kindAliases.get(prefix);
		return kind === void 0 ? parseBare(typed, prefix) : parsePrefixed(kind, typed.slice(colon + 1).trim(), typed);
	}
	function parsePrefixed(kind, value, typed) {
		if (value === "") throw invalid(`names no ${kind}`, typed);
		switch (kind) {
			case "trace": return {
				kind,
				value: traceOf(value, typed)
			};
			case "span": return {
				kind,
				value: spanOf(value, typed)
			};
			case "resource": return {
				kind,
				value: normalizeResource(value).id
			};
			case "prompt": return {
				kind,
				value: promptHashOf(value, typed)
			};
			case "action":
			case "instance":
			case "template":
			case "delegator":
			case "correlation":
			case "credential":
			case "session":
			case "conversation":
			case "tool": return {
				kind,
				value
			};
		}
	}
	function traceOf(value, typed) {
		const trace = value.toLowerCase();
		if (isTraceIdHex(trace)) return trace;
		throw invalid("is no trace ID: expected 32 hex digits, not all zero", typed);
	}
	function spanOf(value, typed) {
		const ref = parseSpanRef(value);
		if (ref !== void 0) return `${ref.trace}-${ref.span}`;
		throw invalid("is no span: expected <32 hex>-<16 hex>, neither all zero", typed);
	}
	function promptHashOf(value, typed) {
		const hash = value.toLowerCase();
		if (promptHashPattern.test(hash)) return hash;
		throw invalid("is no hash of a prompt: expected prompt:sha256:<64 hex>", typed);
	}
	function parseBare(typed, prefix) {
		const lower = typed.toLowerCase();
		if (isTraceIdHex(lower)) return {
			kind: "trace",
			value: lower
		};
		const ref = parseSpanRef(lower);
		if (ref !== void 0) return {
			kind: "span",
			value: `${ref.trace}-${ref.span}`
		};
		if (/^sha256:[0-9a-f]{32}$/u.test(lower)) return {
			kind: "credential",
			value: lower
		};
		if (promptHashPattern.test(lower)) return {
			kind: "prompt",
			value: lower
		};
		if (prefix === "sha256") throw invalid("is no hash of a prompt or a credential: expected 64 or 32 hex digits", typed);
		if (suggestHandle(typed) === void 0 && /^[A-Za-z][A-Za-z0-9+.-]*:./su.test(typed)) return {
			kind: "resource",
			value: normalizeResource(typed).id
		};
		throw invalid("is not recognised: expected <kind>:<id>, a trace ID, <trace>-<span>, a URL or system:kind:path", typed);
	}
	function invalid(problem, typed) {
		const suggestion = suggestHandle(typed);
		return new WhodidError("invalid_handle", `"of" ${problem}; got "${printableLine(typed, 80)}"${suggestion === void 0 ? "" : `. ${suggestion}`}`);
	}
	// packages/model/src/name-key.ts
	/**
	* The key of a name in the key tables (`whodid.threads`, `whodid.acts`): the engine's `sipHash64(kind, name)`. The name of a
	* `trace` or of what was `prompted` by one is its ID in hex, and is hashed as its 16 bytes; any other is hashed as UTF-8.
	*/
	function nameKey(kind, name) {
		const isId = kind === "trace" || kind === "prompted";
		const bytes = Buffer.from(name, isId ? "hex" : "utf8");
		let ofKind = kindHashes.get(kind);
		if (ofKind === void 0) kindHashes.set(kind, ofKind = sipHash(Buffer.from(kind)));
		return sipHash(Buffer.concat([ofKind, sipHash(bytes)])).readBigUInt64LE();
	}
	/** Kinds are the few words of the code, never a sender's. */
	const kindHashes = /* @__PURE__ */ new Map();
	/** SipHash-2-4 with a key of zeroes. Its words of 64 bits are pairs of 32: a bigint costs ten times as much. */
	function sipHash(bytes) {
		const state = new SipState();
		const whole = bytes.length - bytes.length % 8;
		for (let at = 0; at < whole; at += 8) state.add(bytes.readInt32LE(at), bytes.readInt32LE(at + 4));
		const last = Buffer.alloc(8);
		bytes.copy(last, 0, whole);
		last[7] = bytes.length & 255;
		state.add(last.readInt32LE(0), last.readInt32LE(4));
		return state.digest();
	}
	/** The four words of the state, low and high half apart. */
	var SipState = class {
		#v0l = 1886610805;
		#v0h = 1936682341;
		#v1l = 1852075885;
		#v1h = 1685025377;
		#v2l = 1852142177;
		#v2h = 1819895653;
		#v3l = 2037671283;
		#v3h = 1952801890;
		add(low, high) {
			this.#v3l ^= low;
			this.#v3h ^= high;
			this.#round();
			this.#round();
			this.#v0l ^= low;
			this.#v0h ^= high;
		}
		digest() {
			this.#v2l ^= 255;
			for (let rounds = 0; rounds < 4; rounds += 1) this.#round();
			const made = Buffer.alloc(8);
			made.writeInt32LE(this.#v0l ^ this.#v1l ^ this.#v2l ^ this.#v3l, 0);
			made.writeInt32LE(this.#v0h ^ this.#v1h ^ this.#v2h ^ this.#v3h, 4);
			return made;
		}
		#round() {
			let low = (this.#v0l >>> 0) + (this.#v1l >>> 0);
			this.#v0h = this.#v0h + this.#v1h + carryOf(low) | 0;
			this.#v0l = low | 0;
			let swap = this.#v1l << 13 | this.#v1h >>> 19;
			this.#v1h = (this.#v1h << 13 | this.#v1l >>> 19) ^ this.#v0h;
			this.#v1l = swap ^ this.#v0l;
			swap = this.#v0l;
			this.#v0l = this.#v0h;
			this.#v0h = swap;
			low = (this.#v2l >>> 0) + (this.#v3l >>> 0);
			this.#v2h = this.#v2h + this.#v3h + carryOf(low) | 0;
			this.#v2l = low | 0;
			swap = this.#v3l << 16 | this.#v3h >>> 16;
			this.#v3h = (this.#v3h << 16 | this.#v3l >>> 16) ^ this.#v2h;
			this.#v3l = swap ^ this.#v2l;
			low = (this.#v0l >>> 0) + (this.#v3l >>> 0);
			this.#v0h = this.#v0h + this.#v3h + carryOf(low) | 0;
			this.#v0l = low | 0;
			swap = this.#v3l << 21 | this.#v3h >>> 11;
			this.#v3h = (this.#v3h << 21 | this.#v3l >>> 11) ^ this.#v0h;
			this.#v3l = swap ^ this.#v0l;
			low = (this.#v2l >>> 0) + (this.#v1l >>> 0);
			this.#v2h = this.#v2h + this.#v1h + carryOf(low) | 0;
			this.#v2l = low | 0;
			swap = this.#v1l << 17 | this.#v1h >>> 15;
			this.#v1h = (this.#v1h << 17 | this.#v1l >>> 15) ^ this.#v2h;
			this.#v1l = swap ^ this.#v2l;
			swap = this.#v2l;
			this.#v2l = this.#v2h;
			this.#v2h = swap;
		}
	};
	function carryOf(sum) {
		return sum > 4294967295 ? 1 : 0;
	}
	// packages/model/src/text-parts.ts
	/** The bit that stands for each part in `text_at`; the bits above them are the offset of the record's entry in its block. */
	const textPartBits = {
		content: 1,
		result: 2,
		detail: 4
	};
	/** True when a record has a part, as its `text_at` says. */
	function hasPart(textAt, part) {
		return (textAt & textPartBits[part]) !== 0;
	}
	// packages/model/src/parse-instant.ts
	const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/u;
	/** Earliest and latest instant the ledger's `DateTime64(9)` holds: 1900-01-01 and 2262-04-11, exclusive of its last second. */
	const earliestNs = -2208988800000000000n;
	const latestNs = 9223372035000000000n;
	/**
	* Parses an RFC 3339 instant to nanoseconds since 1970, to the nanosecond.
	*
	* Throws `invalid_time`, quoting `field`, when it has no zone, names a day or hour that does not exist, or lies outside
	* 1900–2262. Leap seconds (`:60`) are refused.
	*/
	function parseInstant(text, field) {
		const match = rfc3339.exec(text);
		if (match === null) throw invalidTime(text, field);
		const [, year = "", month = "", day = "", hour = "", minute = "", second = "", fraction = "", zone = ""] = match;
		const wall = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
		const wallMs = Date.parse(`${wall}.000Z`);
		if (Number.isNaN(wallMs) || new Date(wallMs).toISOString().slice(0, 19) !== wall) throw invalidTime(text, field);
		const epochMs = Date.parse(`${wall}.000${zone.toUpperCase()}`);
		if (Number.isNaN(epochMs)) throw invalidTime(text, field);
		const ns = BigInt(epochMs) * 1000000n + BigInt(fraction.padEnd(9, "0"));
		if (ns < earliestNs || ns > latestNs) throw invalidTime(text, field);
		return ns;
	}
	function invalidTime(text, field) {
		return new WhodidError("invalid_time", `"${field}" expected an RFC 3339 instant with a zone, such as 2026-11-22T14:07:00Z; got "${printableLine(text, 60)}"`);
	}
	// packages/identity/src/refused-token.ts
	/** A token or a proof that is refused. Its message never quotes the token. */
	var RefusedToken = class extends WhodidError {
		refusal;
		constructor(refusal, message, options) {
			super("token_refused", `${refusal}: ${message}`, options);
			this.refusal = refusal;
		}
	};
	// packages/identity/src/key-thumbprint.ts
	/** The members that RFC 7638 takes of each type of key, in its order. */
	const members$1 = {
		EC: [
			"crv",
			"kty",
			"x",
			"y"
		],
		RSA: [
			"e",
			"kty",
			"n"
		],
		OKP: [
			"crv",
			"kty",
			"x"
		]
	};
	/** Returns the RFC 7638 thumbprint of a public key: SHA-256, base64url. Throws {@link RefusedToken} `malformed`. */
	function keyThumbprint(key) {
		const names = members$1[key.kty ?? ""];
		const pairs = (names ?? []).map((name) => [name, Reflect.get(key, name)]);
		if (names === void 0 || pairs.some(([, value]) => typeof value !== "string")) throw new RefusedToken("malformed", "the key is of no known type");
		return sha256Base64Url(JSON.stringify(Object.fromEntries(pairs)));
	}
	/** SHA-256 of a text, base64url: the form of `ath` and of thumbprints. */
	function sha256Base64Url(text) {
		return (0, node_crypto.createHash)("sha256").update(text).digest("base64url");
	}
	// packages/identity/src/seal/seal-limits.ts
	/** The bounds of a seal. */
	const sealLimits = {
		/** Spans that one seal covers. */
		leavesMax: 256,
		/** Seals that a collector verifies in one request: each costs a check of a signature. */
		perRequestMax: 8,
		/** Characters of a seal, as a JWS. It keeps within one attribute of a record. */
		lengthMax: 6e4,
		/** Characters of the SPIFFE ID of an instance. */
		issuerLengthMax: 2048
	};
	// packages/identity/src/seal/make-seal.ts
	/** The type of a seal, in its header. */
	const sealType = "whodid-seal+jwt";
	// packages/identity/src/claims.ts
	/** Returns true for a JSON object. */
	function isClaims(value) {
		return typeof value === "object" && value !== null && !Array.isArray(value);
	}
	/** Returns a claim, undefined where there is none. Inherited members do not count. */
	function claimOf(claims, name) {
		return Object.hasOwn(claims, name) ? claims[name] : void 0;
	}
	// packages/identity/src/seal/read-seal.ts
	const form = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}$/u;
	const hashForm = /^[A-Za-z0-9_-]{43}$/u;
	const members = [
		"iss",
		"iat",
		"seq",
		"prev",
		"wth",
		"seen",
		"n",
		"leaves"
	];
	/**
	* Reads a seal. Everything about its form is settled here: the one algorithm, no header that chooses a key, each member once and none
	* beside them, each span once. Throws `RefusedToken` `oversized`, `malformed`, `wrong_type`, `forbidden_algorithm`,
	* `forbidden_header`, `malformed_claim`.
	*/
	function readSeal(jws) {
		if (jws.length > sealLimits.lengthMax) throw new RefusedToken("oversized", `a seal has at most ${sealLimits.lengthMax} characters`);
		if (!form.test(jws)) throw new RefusedToken("malformed", "a seal has three parts and a signature of 64 bytes");
		const [headerText = "", payloadText = "", signatureText = ""] = jws.split(".");
		const keyThumbprint = readHeader(parsePart(headerText));
		const claims = parsePart(payloadText);
		if (Object.keys(claims).length !== members.length || !members.every((m) => Object.hasOwn(claims, m))) throw bad("payload", `the members ${members.join(", ")}`);
		const leaves = readLeaves(claimOf(claims, "leaves"));
		if (claimOf(claims, "n") !== leaves.size) throw bad("n", "the number of its leaves");
		const prev = text(claims, "prev");
		if (prev !== "" && !hashForm.test(prev)) throw bad("prev", "a SHA-256, or nothing");
		return {
			keyThumbprint,
			issuer: issuerOf(claims),
			issuedAtS: count(claims, "iat"),
			seq: count(claims, "seq"),
			prev,
			tokenHash: hash(claims, "wth"),
			seen: count(claims, "seen"),
			leaves,
			signedText: `${headerText}.${payloadText}`,
			signature: Buffer.from(signatureText, "base64url")
		};
	}
	/** True when the seal was signed by this key. */
	function verifySeal({ signedText, signature }, publicKey) {
		const key = {
			key: publicKey,
			dsaEncoding: "ieee-p1363"
		};
		return (0, node_crypto.verify)("sha256", Buffer.from(signedText), key, signature);
	}
	function readHeader(header) {
		if (claimOf(header, "alg") !== "ES256") throw new RefusedToken("forbidden_algorithm", "a seal is signed with ES256");
		if (claimOf(header, "typ") !== "whodid-seal+jwt") throw new RefusedToken("wrong_type", `a seal has the typ ${sealType}`);
		const kid = claimOf(header, "kid");
		if (Object.keys(header).length !== 3 || typeof kid !== "string" || !hashForm.test(kid)) throw new RefusedToken("forbidden_header", "the header of a seal has alg, typ and kid");
		return kid;
	}
	function readLeaves(value) {
		const leaves = /* @__PURE__ */ new Map();
		if (!Array.isArray(value) || value.length === 0) throw bad("leaves", "a list");
		if (value.length > sealLimits.leavesMax) throw new RefusedToken("oversized", `a seal covers at most ${sealLimits.leavesMax} spans`);
		for (const each of value) {
			const { traceId, spanId, digest } = leafOf(each);
			leaves.set(`${traceId}-${spanId}`, digest);
		}
		if (leaves.size !== value.length) throw bad("leaves", "each span once");
		return leaves;
	}
	function leafOf(value) {
		const parts = Array.isArray(value) ? value : [];
		const [traceId, spanId, digest] = parts;
		if (!(parts.length === 3 && isForm(traceId, /^[0-9a-f]{32}$/u) && isForm(spanId, /^[0-9a-f]{16}$/u) && isForm(digest, hashForm))) throw bad("leaves", "a trace, a span and a digest each");
		return {
			traceId,
			spanId,
			digest
		};
	}
	function isForm(value, pattern) {
		return typeof value === "string" && pattern.test(value);
	}
	function parsePart(part) {
		let value;
		try {
			const bytes = Buffer.from(part, "base64url");
			value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
		} catch (thrown) {
			throw new RefusedToken("malformed", "a part is no JSON", { cause: thrown });
		}
		if (!isClaims(value)) throw new RefusedToken("malformed", "a part is no JSON object");
		return value;
	}
	function issuerOf(claims) {
		const issuer = text(claims, "iss");
		if (issuer === "" || issuer.length > sealLimits.issuerLengthMax) throw bad("iss", "a SPIFFE ID");
		return issuer;
	}
	function text(claims, name) {
		const value = claimOf(claims, name);
		if (typeof value === "string") return value;
		throw bad(name, "a text");
	}
	function hash(claims, name) {
		const value = text(claims, name);
		if (hashForm.test(value)) return value;
		throw bad(name, "a SHA-256");
	}
	function count(claims, name) {
		const value = claimOf(claims, name);
		if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
		throw bad(name, "a whole number");
	}
	function bad(name, expected) {
		return new RefusedToken("malformed_claim", `"${name}" of a seal expected ${expected}`);
	}
	// packages/identity/src/seal/seal-digest.ts
	/** Stands first in every digest, so that a later list of texts has other digests. */
	const version = "whodid-seal-2";
	/**
	* Returns the digest of a span: SHA-256, base64url, over a closed list of texts, each behind its length in bytes of UTF-8. Neither
	* attributes outside of the list nor the resource count: a collector on the way may add to both.
	*/
	function sealDigest(texts) {
		const { traceId, spanId, parentSpanId, startUnixNs, endUnixNs } = texts;
		const { instance, template, delegator, delegatorIssuer, correlation } = texts;
		const { credential, verb, resource, argumentsHash, resultHash } = texts;
		const { kind, actorType, delegatorType, actionId, outcome, parentInstance, tool, prompt } = texts;
		const list = [
			version,
			traceId,
			spanId,
			parentSpanId,
			startUnixNs.toString(),
			endUnixNs.toString(),
			instance,
			template,
			delegator,
			delegatorIssuer,
			correlation,
			credential,
			verb,
			resource,
			argumentsHash,
			resultHash,
			kind,
			actorType,
			delegatorType,
			actionId,
			outcome,
			parentInstance,
			tool,
			prompt
		];
		let joined = "";
		for (const text of list) joined += `${Buffer.byteLength(text)}:${text},`;
		return (0, node_crypto.createHash)("sha256").update(joined).digest("base64url");
	}
	// packages/query/src/offline/check-seals.ts
	/**
	* Checks the seals of proven records again, from what stands among them: the seal, the instance token and the issuer's key. Returns the line that
	* says of how many records that could be done; none where no record is sealed. A record whose seal or token is not here cannot be checked again.
	* One that is not what its seal covers is named apart: a part of it was redacted, or came from elsewhere than the span.
	*
	* Throws an Error where a seal is not by its token's key, or a token not by its issuer's: the collector that wrote `verified` was wrong.
	*/
	function sealLines(rows) {
		const marked = rows.map((row) => ({
			row,
			own: attributesOf(row)
		})).filter(({ own }) => own[attribute.sealResult] === "verified");
		const sealed = marked.filter(({ own }) => own[attribute.sealJws] === void 0);
		if (sealed.length === 0) return [];
		const seals = sealsIn(marked);
		const tokens = tokensIn(rows);
		const known = /* @__PURE__ */ new Map();
		const findingOf = ({ row, own }) => {
			const found = seals.get(sealKeyOf(textIn(own, attribute.sealId), own)) ?? [];
			const token = tokens.get(textIn(own, attribute.sealToken));
			if (found.length === 0 || token === void 0) return "elsewhere";
			const isCoveredBy = (seal) => {
				const leaves = known.get(seal) ?? checkedLeaves(seal, own, token);
				known.set(seal, leaves);
				const digest = leaves.get(refOf$1(row));
				return digest !== void 0 && isDigestOf(digest, row, own);
			};
			return found.some(isCoveredBy) ? "checked" : "differs";
		};
		const findings = sealed.map(findingOf);
		const countOf = (finding) => findings.filter((one) => one === finding).length;
		const [left, differing] = [countOf("elsewhere"), countOf("differs")];
		const more = left === 0 ? "" : `; of ${left} more the collector says so: their seal or token is not here`;
		const other = differing === 0 ? "" : `; ${differing} more hold what their seal, which is here, does not cover: a text of theirs was redacted, or a part of them came from elsewhere than the signed span`;
		return [`SEALED: ${countOf("checked")} records are signed by the key of their instance, checked here from token, key and seal${more}${other}`];
	}
	/** Seals under one span ID and token that are tried. Anybody can send a copy of another seal under an ID that was seen. */
	const sealsOfSpanMax = 8;
	/** The seals by the span that carries them and their token: what another instance sends under the same ID is none of these. */
	function sealsIn(marked) {
		const seals = /* @__PURE__ */ new Map();
		for (const { row, own } of marked) {
			const seal = own[attribute.sealJws];
			if (typeof seal !== "string") continue;
			const key = sealKeyOf(refOf$1(row), own);
			const known = seals.get(key) ?? [];
			if (known.length < sealsOfSpanMax && !known.includes(seal)) seals.set(key, [...known, seal]);
		}
		return seals;
	}
	function sealKeyOf(ref, own) {
		return `${ref} ${textIn(own, attribute.sealToken)}`;
	}
	/** The records of tokens: Whodid's own, which no sender can make. */
	function tokensIn(rows) {
		return new Map(rows.filter((row) => row["exporter"] === "whodid" && row["name"] === "whodid.credential").map((row) => {
			const own = attributesOf(row);
			return [textIn(own, attribute.identityToken), own];
		}));
	}
	/** The digests of a seal by span, once the token is its issuer's, and the seal its token's. */
	function checkedLeaves(seal, own, issued) {
		const token = textIn(issued, "whodid.credential.jws");
		const hash = (0, node_crypto.createHash)("sha256").update(token).digest("base64url");
		if (hash !== own[attribute.sealToken]) throw new Error("an instance token is not that of its hash");
		const claims = claimsOf$1(token, parse(textIn(issued, "whodid.credential.issuer_key")));
		const { jwk } = claims["cnf"] ?? {};
		const { kty = "", crv = "", x = "", y = "" } = jwk ?? {};
		const key = {
			kty,
			crv,
			x,
			y
		};
		const read = readSeal(seal);
		if (!(read.tokenHash === hash && read.issuer === claims["sub"] && keyThumbprint(key) === own[attribute.sealKey]) || !verifySeal(read, (0, node_crypto.createPublicKey)({
			key,
			format: "jwk"
		}))) throw new Error("a seal is not signed by the key of its token");
		return read.leaves;
	}
	/** The claims of a token by this key: ES256, and nothing else. */
	function claimsOf$1(token, { kty = "", crv = "", x = "", y = "" }) {
		const [header = "", payload = "", signature = ""] = token.split(".");
		const by = {
			key: (0, node_crypto.createPublicKey)({
				key: {
					kty,
					crv,
					x,
					y
				},
				format: "jwk"
			}),
			dsaEncoding: "ieee-p1363"
		};
		const bytes = Buffer.from(`${header}.${payload}`);
		const isSigned = (0, node_crypto.verify)("sha256", bytes, by, Buffer.from(signature, "base64url"));
		if (decoded(header)["alg"] !== "ES256" || crv !== "P-256" || !isSigned) throw new Error("an instance token is not signed by the key of its issuer");
		return decoded(payload);
	}
	/** True when a seal's digest is that of a record, as its span may have stated it. */
	function isDigestOf(digest, row, own) {
		const inferable = [...inferableKeys, ...unbackedKeys(own)].filter(([key, column]) => sentText(row, own, [key, column]) !== "");
		for (let form = 0; form < 2 ** inferable.length; form += 1) if (digest === digestOf(row, own, new Set(inferable.filter((_, place) => form >> place & 1).map(([key]) => key)))) return true;
		return false;
	}
	/** What the collector infers where a span does not state it, by key and column. */
	const inferableKeys = [
		[attribute.recordKind, "record_kind"],
		[attribute.actorType, "actor_type"],
		[attribute.actionVerb, "verb"],
		[attribute.actionOutcome, "outcome"],
		[attribute.toolName, "tool_name"]
	];
	/** The names that the collector does not say that the seal backs: they may have been filled in. */
	function unbackedKeys(own) {
		const claims = textIn(own, attribute.sealClaims).split(" ");
		const keys = [];
		if (!claims.includes("template")) keys.push([attribute.templateId, "template_id"]);
		if (!claims.includes("delegator")) keys.push([attribute.delegatorId, "delegator_id"], [attribute.delegatorIssuer, "delegator_issuer"], [attribute.delegatorType, "delegator_type"]);
		return keys;
	}
	/** A text as it was sent: a value that the collector changed stands beside the column. */
	function sentText(row, own, [key, column]) {
		const value = own[key];
		return typeof value === "string" ? value : String(row[column] ?? "");
	}
	/** The digest of a record as it was sent, without the texts that its span did not state. */
	function digestOf(row, own, unsaid) {
		const sent = (key, column) => unsaid.has(key) ? "" : sentText(row, own, [key, column]);
		return sealDigest({
			traceId: String(row["trace_id"]),
			spanId: String(row["span_id"]),
			parentSpanId: String(row["parent_span_id"]),
			startUnixNs: parseInstant(String(row["ts"]), "ts"),
			endUnixNs: parseInstant(String(row["end_ts"]), "end_ts"),
			instance: sent(attribute.instanceId, "instance_id"),
			template: sent(attribute.templateId, "template_id"),
			delegator: sent(attribute.delegatorId, "delegator_id"),
			delegatorIssuer: sent(attribute.delegatorIssuer, "delegator_issuer"),
			correlation: sent(attribute.correlationId, "correlation_id"),
			credential: sent(attribute.credentialId, "credential_id"),
			verb: sent(attribute.actionVerb, "verb"),
			resource: sent(attribute.resourceId, "resource_id"),
			argumentsHash: sent(attribute.toolArgumentsHash, "arguments_hash"),
			resultHash: sent(attribute.toolResultHash, "result_hash"),
			kind: sent(attribute.recordKind, "record_kind"),
			actorType: sent(attribute.actorType, "actor_type"),
			delegatorType: sent(attribute.delegatorType, "delegator_type"),
			actionId: sent(attribute.actionId, "action_id"),
			outcome: sent(attribute.actionOutcome, "outcome"),
			parentInstance: sent(attribute.instanceParentId, "instance_parent_id"),
			tool: sent(attribute.toolName, "tool_name"),
			prompt: sent(attribute.promptRef, "prompt_ref")
		});
	}
	function refOf$1(row) {
		return `${String(row["trace_id"])}-${String(row["span_id"])}`;
	}
	function textIn(attributes, key) {
		const value = attributes[key];
		return typeof value === "string" ? value : "";
	}
	function attributesOf(row) {
		return parse(String(row["attributes"] ?? ""));
	}
	function decoded(part) {
		return parse(Buffer.from(part, "base64url").toString("utf8"));
	}
	/** A JSON object; an empty one where the text is none. */
	function parse(text) {
		try {
			const value = JSON.parse(text);
			return typeof value === "object" && value !== null ? { ...value } : {};
		} catch {
			return {};
		}
	}
	// packages/query/src/text.ts
	/** Longest text of a prompt or a plan in an answer, in UTF-16 units; the ledger holds the rest. */
	const textLengthMax = 32768;
	/** An identifier or name from an agent, safe to show; null when the record does not say. */
	function nameOrNull(text) {
		return text === "" ? null : printableLine(text, 1024);
	}
	/** As {@link nameOrNull}, for a sentence: `none` when the record does not say. */
	function nameOrNone(text) {
		return nameOrNull(text ?? "") ?? "none";
	}
	/** A prompt's or plan's text, safe to show and cut with a note; null when the record does not hold it. */
	function textOrNull$1(text) {
		if (text === "") return null;
		const safe = printable(text);
		if (safe.length <= textLengthMax) return safe;
		return `${safe.slice(0, textLengthMax).toWellFormed()}… [${safe.length - textLengthMax} characters more]`;
	}
	/** `2026-11-22 14:07:00.123456789`, as ClickHouse writes it, in RFC 3339. */
	function toInstant(dateTime64) {
		return `${dateTime64.replace(" ", "T")}Z`;
	}
	// packages/store/src/leaf-expression.ts
	/**
	* SQL for the RFC 6962 leaf hash of a row of `whodid.spans` named `row`, as `FixedString(32)`: the engine computes from
	* its own columns the hash that the collector computed when it sealed the record. See `docs/FORMAT.md`.
	*
	* `row` is the table's alias in the statement: every column is named through it, because an alias of a column's own
	* name would be hashed in its place.
	*/
	function leafExpression(row = "spans") {
		return `SHA256(concat(${rowBinary(bytesOf(`00${markHex}`), headFields, row)}, SHA256(${rowBinary(void 0, bodyFields, row)})))`;
	}
	const markHex = formMark.toString("hex");
	function bytesOf(hex) {
		return `toFixedString(unhex('${hex}'), ${hex.length / 2})`;
	}
	/** RowBinary is the form of a row: texts by their length, the rest at fixed width, little-endian. */
	function rowBinary(mark, fields, row) {
		const columns = fields.map((field) => expressionOf(field, `${row}.${field.column}`));
		return `formatRow('RowBinary', ${[...mark === void 0 ? [] : [mark], ...columns].join(", ")})`;
	}
	/** A time by its nanoseconds: a column whose precision was changed and whose values were not has the same leaves. */
	function expressionOf(field, column) {
		return field.kind === "time" ? `toUnixTimestamp64Nano(${column})` : column;
	}
	// packages/query/src/who-did/evidence/evidence-columns.ts
	/** The most bytes of a record's links that a question reads. */
	const linksBytesMax = 2048;
	/** Records whose text an answer may quote: a model call holds the run's prompt where its prompt record does not. */
	const isQuoted$1 = `record_kind IN ('prompt', 'plan', 'model_call')`;
	const refSql = (span) => `lower(concat(hex(trace_id), '-', hex(${span})))`;
	/** The beginning of the attributes of a record that the collector has marked: its own stand first, so that others are not searched. */
	const sealedBeginning = `{"${attribute.sealResult}":`;
	/** An attribute beside the collector's mark; '' where there is none. */
	function attributeSql(key) {
		return `if(startsWith(attributes, '${sealedBeginning}'), JSONExtractString(attributes, '${key}'), '')`;
	}
	/** Columns of `whodid.v_spans`. A field that is added here and in {@link StoredRecord} is in the evidence. */
	const evidenceColumns = {
		key: refSql("span_id"),
		parent: `if(parent_span_id = toFixedString('', 8), '', ${refSql("parent_span_id")})`,
		ts: "ts",
		end_ts: "end_ts",
		received_at: "received_at",
		kind: "record_kind",
		span_kind: "toString(kind)",
		name: "name",
		actor_type: "actor_type",
		channel: "channel",
		exporter: "exporter",
		template: "template_id",
		template_name: "template_name",
		template_version: "template_version",
		instance: "instance_id",
		instance_key: `toString(sipHash64('instance', instance_id))`,
		instance_parent: "instance_parent_id",
		identity: "identity_id",
		delegator: "delegator_id",
		delegator_type: "delegator_type",
		delegator_issuer: "delegator_issuer",
		delegation: "delegation_id",
		delegation_parent: "delegation_parent_id",
		delegation_chain: "delegation_chain",
		user: "user_id",
		service: "service_name",
		correlation: "correlation_id",
		signal: "signal",
		session: "session_id",
		conversation: "conversation_id",
		links: `substring(links, 1, ${linksBytesMax})`,
		template_rule: "template_rule",
		instance_rule: "instance_rule",
		delegator_rule: "delegator_rule",
		prompt_ref: "prompt_ref",
		prompt_origin: "prompt_origin",
		prompt_hash: "prompt_hash",
		plan_ref: "plan_ref",
		plan_hash: "plan_hash",
		plan_step: "plan_step",
		seq: "seq",
		tool: "tool_name",
		tool_call: "tool_call_id",
		approval: "approval_decision",
		action: "action_id",
		verb: "verb",
		outcome: "outcome",
		outcome_rule: `if(record_kind IN ('tool_call', 'action'), JSONExtractString(attributes, '${attribute.outcomeRule}'), '')`,
		seal_result: attributeSql(attribute.sealResult),
		seal_claims: attributeSql(attribute.sealClaims),
		seal: attributeSql(attribute.sealId),
		seal_key: attributeSql(attribute.sealKey),
		seal_token: attributeSql(attribute.sealToken),
		seal_jws: attributeSql(attribute.sealJws),
		resource: "resource_id",
		resource_type: "resource_type",
		input_source: "input_source",
		input_trust: "input_trust",
		input_hash: "input_hash",
		credential: "credential_id",
		credential_type: "credential_type",
		credential_subject: "credential_subject",
		credential_actor: "credential_actor",
		credential_issuer: "credential_issuer",
		credential_borrowed: "credential_borrowed",
		credential_scopes: "credential_scopes",
		arguments_hash: "arguments_hash",
		dropped: "dropped_count",
		text_block: `if(${isQuoted$1}, lower(hex(text_block)), '')`,
		text_at: `if(${isQuoted$1}, text_at, 0)`,
		commitment: `if(${isQuoted$1}, lower(hex(commitment)), '')`,
		log: "log_id",
		log_index: "toString(log_index)",
		leaf: `hex(${leafExpression("v_spans")})`
	};
	/** Columns of `whodid.v_spans` and `whodid.actions`; `qualifies` is the condition for the verdict to concern a row. */
	const listedColumns = (qualifies) => ({
		key: refSql("span_id"),
		ts: "ts",
		received_at: "received_at",
		action: "action_id",
		verb: "verb",
		outcome: "outcome",
		kind: "record_kind",
		tool: "tool_name",
		resource: "resource_id",
		actor_type: "actor_type",
		instance: "instance_id",
		instance_rule: "instance_rule",
		template: "template_id",
		template_rule: "template_rule",
		user: "user_id",
		service: "service_name",
		channel: "channel",
		qualifies
	});
	/** Columns of `whodid.v_spans`; as for {@link listedColumns}. */
	const candidateColumns = (qualifies) => ({
		...listedColumns(qualifies),
		exporter: "exporter"
	});
	/** Columns of `whodid.threads`. */
	const instanceClaimColumns = {
		instance_key: "toString(key)",
		template: "template_id",
		exporter: "exporter",
		received_at: "min(received_at)"
	};
	/** Columns of `whodid.contents`. */
	const textBlockColumns = {
		ref: "lower(hex(ref))",
		sealed: "base64Encode(sealed)"
	};
	/** Reads the output of {@link rowSql}. Throws when it is not an array of that length, which is a bug of ours. */
	function readRow(columns, text) {
		const values = JSON.parse(text);
		const fields = Object.keys(columns);
		if (!Array.isArray(values) || values.length !== fields.length) throw new Error(`a row of evidence expected ${fields.length} values; got ${text.slice(0, 80)}`);
		const entries = fields.map((field, index) => [field, values[index]]);
		return Object.fromEntries(entries);
	}
	const numbers = {
		seq: "-1",
		plan_step: "-1",
		dropped: 0
	};
	const lists = {
		delegation_chain: [],
		credential_scopes: []
	};
	({
		...Object.fromEntries(Object.keys(evidenceColumns).map((field) => [field, ""])),
		...numbers,
		...lists
	});
	// packages/query/src/who-did/decide/follow-prompts.ts
	/** The maximum number of prompts followed outwards, from a sub-agent's to its parent's; a longer line is a loop. */
	const promptsMax = 64;
	/** Follows `whodid.prompt.ref` from every record on the path outwards: each prompt names the one it was given under. */
	function followPrompts(decision) {
		const { path, mergedRecord } = decision;
		const prompts = [];
		let missingRef = "";
		const hasInitiator = () => initiates(prompts.at(-1));
		for (const { record } of path) {
			if (hasInitiator()) break;
			let ref = record.kind === "prompt" ? record.key : record.prompt_ref;
			while (ref !== "" && prompts.length < promptsMax && !hasInitiator()) {
				const prompt = mergedRecord(ref)?.record;
				if (prompt === void 0 && missingRef === "") missingRef = ref;
				if (prompt === void 0 || prompts.includes(prompt)) break;
				prompts.push(prompt);
				ref = prompt.prompt_ref;
			}
		}
		const initiating = prompts.at(-1);
		const textSource = initiating && findPromptText(decision, initiating);
		return {
			prompts,
			initiating,
			missingRef,
			textSource
		};
	}
	const initiators = /* @__PURE__ */ new Set([
		"human",
		"schedule",
		"system"
	]);
	/** True when a task begins with the prompt. A prompt from an agent or a tool has an earlier cause. */
	function initiates(prompt) {
		return prompt !== void 0 && initiators.has(prompt.prompt_origin);
	}
	/** The maximum number of records read for one prompt's text, the earliest first. */
	const textSourcesMax = 4;
	/** The maximum number of parents followed to find the run that a record belongs to. */
	const parentsMax$1 = 256;
	/**
	* Returns the record that holds a prompt's text: the prompt itself, else the first model call of the run that it began,
	* or a log record under that run, because most emitters record a message at the model call and not at the agent. If
	* these hold none, and the run began another of the same agent on the path to the act, without a call in between, that
	* run's text is taken.
	*
	* The first text given to a model call is the prompt of the run. The prompt that the run itself gave to an agent within
	* it is not.
	*/
	function findPromptText(decision, prompt) {
		if (prompt.content_state.state !== "withheld") return prompt;
		const textSources = promptTextSources(decision, prompt);
		return textSources.find(({ content_state: content }) => content.state === "text") ?? textSources.find(({ content_state: content }) => !silent.has(content.state)) ?? prompt;
	}
	const silent = /* @__PURE__ */ new Set(["withheld", "unread"]);
	/** Returns the records with a text that may hold a prompt's text in its place, the likeliest first. */
	function promptTextSources(decision, prompt) {
		const found = [];
		for (const run of runsOf(decision, prompt)) {
			if (run.key !== prompt.key && holdsText(run)) found.push(run);
			found.push(...ownTextSources(decision, run));
			if (found.length > 0) break;
		}
		return found.slice(0, textSourcesMax);
	}
	/** True when the record committed to a text of its own. */
	function holdsText({ text_at: textAt }) {
		return hasPart(textAt, "content");
	}
	/** Returns the run, and the runs that it only wraps: on the path to the act, of the same agent, no call in between. */
	function runsOf({ path }, prompt) {
		const runs = [prompt];
		const at = path.findIndex(({ record }) => record.key === prompt.key);
		for (let index = at - 1; index >= 0; index -= 1) {
			const record = path[index]?.record;
			if (record === void 0 || path[index + 1]?.joinedBy !== "parent") break;
			if (record.kind === "tool_call" || record.kind === "action" || record.kind === "delegation") break;
			if (record.kind !== "prompt") continue;
			const outer = runs.find((run) => isNamed(run));
			if (outer !== void 0 && (!isNamed(record) || record.template !== outer.template)) break;
			if (record.exporter !== prompt.exporter) break;
			runs.push(record);
		}
		return runs;
	}
	function isNamed({ template, template_rule: rule }) {
		return template !== "" && !hintRules.has(rule);
	}
	/** Returns the model calls of the run itself and the log records of its prompt, by time. */
	function ownTextSources({ evidence, mergedRecord }, run) {
		const trace = run.key.slice(0, 32);
		const textSources = [];
		for (const key of evidence.relatedRecords.keys()) {
			const record = key.startsWith(trace) ? mergedRecord(key)?.record : void 0;
			if (record === void 0 || !mayHoldText(record, run)) continue;
			if (beganIn(record, mergedRecord) === run.key) textSources.push(record);
		}
		return textSources.sort((a, b) => a.ts === b.ts ? 0 : a.ts < b.ts ? -1 : 1);
	}
	function mayHoldText(record, run) {
		const isMessage = record.kind === "prompt" && record.signal === "log";
		if (record.kind !== "model_call" && !isMessage) return false;
		return (record.exporter === run.exporter || record.channel === "entitled") && record.channel !== "unentitled" && holdsText(record);
	}
	/** Returns the key of the nearest prompt above a record; '' when there is none. */
	function beganIn(record, mergedRecord) {
		let key = record.parent;
		for (let parents = 0; parents < parentsMax$1 && key !== ""; parents += 1) {
			const above = mergedRecord(key)?.record;
			if (above === void 0) return "";
			if (above.kind === "prompt" && above.signal !== "log") return above.key;
			key = above.parent;
		}
		return "";
	}
	// packages/query/src/who-did/evidence/entitlements.ts
	/** The most ancestors searched for a record's actor; a longer chain is no call of an agent. */
	const ownHopsMax = 64;
	/**
	* Reads from all versions of all records the actors that their exporters are entitled to. An entitled record that names an
	* actor entitles its exporter to that actor; one of an agent without a template, to every agent; one that names nobody, to
	* be below anyone.
	*/
	function readEntitlements(relatedRecords) {
		const shown = /* @__PURE__ */ new Map();
		for (const versions of relatedRecords.values()) for (const record of versions) {
			if (record.channel !== "entitled") continue;
			const one = shown.get(record.exporter) ?? {
				actors: /* @__PURE__ */ new Set(),
				isUnderAll: false,
				isOfAnyAgent: false
			};
			shown.set(record.exporter, one);
			const actor = ownActorOf(record);
			if (actor !== "") one.actors.add(actor);
			else if (record.actor_type === "") one.isUnderAll = true;
			else one.isOfAnyAgent = true;
		}
		const speaks = (exporter, actor) => {
			const one = shown.get(exporter);
			if (one === void 0 || actor === "") return false;
			return one.actors.has(actor) || one.isOfAnyAgent && actor.startsWith("agent:");
		};
		return {
			isBacked: (record) => isBacked(record, (below) => {
				const versions = relatedRecords.get(below.parent) ?? [];
				return versions.filter(({ exporter }) => exporter === record.exporter).toSorted((a, b) => rankOf(a) - rankOf(b))[0] ?? versions.find((version) => version.channel === "entitled" && version.actor_type === "");
			}),
			speaks,
			inherits: (exporter, actor) => speaks(exporter, actor) || (shown.get(exporter)?.isUnderAll ?? false)
		};
	}
	/**
	* True when a record's exporter may speak for its actor: by the record's own claim, or, where it names nobody, by the claim
	* of the nearest record above it of the same exporter.
	*/
	function isBacked(record, aboveOf) {
		let above = record;
		for (let hops = 0; above !== void 0 && hops < ownHopsMax; hops += 1) {
			const isOwn = above.exporter === record.exporter;
			if (isOwn && above.channel === "entitled") return true;
			if (isOwn && (isNeverBacked(above) || !namesNobody(above))) return false;
			above = aboveOf(above);
		}
		return false;
	}
	/** True for a claim that its sender may not make, and for what an importer read in another system's log. */
	function isNeverBacked({ channel }) {
		return channel === "unentitled" || channel === "imported";
	}
	const channels = [
		"entitled",
		"unbound",
		"unentitled",
		"imported"
	];
	/** Returns the place of a record's channel among the channels, the best backed first. */
	function rankOf({ channel }) {
		return channels.indexOf(channel);
	}
	/** Returns the actor that a record itself names, in the terms of tokens. An agent without a template counts as nobody. */
	function ownActorOf({ actor_type: type, template }) {
		if (type === "human" || type === "service") return type;
		return type === "agent" && template !== "" ? `agent:${template}` : "";
	}
	/** True when a record names nobody, or only an agent without a name, as frameworks do on their calls. */
	function namesNobody({ actor_type: type, template, instance }) {
		return type === "" || type === "agent" && template === "" && instance === "";
	}
	// packages/query/src/who-did/decide/sealed-grade.ts
	/** The claim of a record that its seal or its token backs. An agent is who acted as its instance. */
	const backedBy = {
		actor: "instance",
		instance: "instance",
		template: "template",
		delegator: "delegator"
	};
	/**
	* Returns the grade that a record's seal or token gives to one of its claims: `attested` where the instance's own key has signed it and the
	* token says the same, `token_bound` where the record only names the token. Undefined where neither backs the claim.
	*
	* A record whose seal contradicts it never comes here: its channel is `unentitled`.
	*/
	function sealedGrade(record, claim) {
		if (record.actor_type !== "agent" || record.channel === "imported") return void 0;
		if (!record.seal_claims.split(" ").includes(backedBy[claim])) return void 0;
		if (record.seal_result === "verified") return "attested";
		return record.seal_result === "unsealed" ? "token_bound" : void 0;
	}
	/** True when the key of the instance that the record names has signed it: no claim that nobody signed is held against it. */
	function isAttested(record, claim = "instance") {
		return record.channel !== "unentitled" && sealedGrade(record, claim) === "attested";
	}
	// packages/query/src/who-did/decide/resolve-claims.ts
	/**
	* Finds the record that makes each claim: the subject's own, else the nearest ancestor that makes the claim (rule
	* `inherited_from_ancestor`). A human's or a service's own act inherits nothing, and nothing is inherited past one.
	*
	* A `said` claim outranks one `read` from another vocabulary, at any distance; a `hinted` one never names an instance.
	* A record without a type of actor makes no claim; when it still names somebody else, the two conflict. An agent that
	* names another template than the instance above it is another agent, whose instance no record names.
	*/
	function resolveClaims(ancestors) {
		const overwritten = overwrittenDownstream(ancestors);
		const admitted = ancestors.map((record) => overwritten.has(record.key) || record.actor_type === "" ? silenced(record) : record);
		const actor = admitted.find((record) => record.actor_type !== "");
		if (actor === void 0 || actor.actor_type !== "agent") return {
			...nobody,
			actor: actor === void 0 ? void 0 : original(ancestors, actor),
			overwritten
		};
		const border = admitted.findIndex((r) => r.actor_type !== "" && r.actor_type !== "agent");
		const claimSources = border < 0 ? admitted : admitted.slice(0, border);
		const said = find(claimSources, "instance", "said");
		const read = find(claimSources, "instance", "read");
		const stray = strayNames(ancestors.slice(0, claimSources.length), overwritten);
		const named = said ?? read;
		const other = named === void 0 ? void 0 : anotherAgent(claimSources, named);
		const instance = other === void 0 ? named : void 0;
		return {
			actor,
			overwritten,
			instance,
			template: other ?? templateOf(claimSources, instance),
			...delegatorOf(claimSources, instance, stray),
			conflicting: instanceConflict(claimSources, said, {
				read,
				stray
			})
		};
	}
	const nobody = {
		instance: void 0,
		template: void 0,
		delegator: void 0,
		conflicting: [],
		conflictingDelegators: []
	};
	/** Returns a record without its claims on the actor; the record above it makes them. */
	function silenced(record) {
		return {
			...record,
			actor_type: "",
			template: "",
			instance: "",
			delegator: "",
			delegator_type: ""
		};
	}
	/** Returns the records without a type of actor, which may still name somebody. */
	function strayNames(ancestors, overwritten) {
		return ancestors.filter((record) => record.actor_type === "" && !overwritten.has(record.key));
	}
	function original(ancestors, admitted) {
		return ancestors.find((record) => record.key === admitted.key) ?? admitted;
	}
	function find(claimSources, claim, strength) {
		return claimSources.find((record) => claimStrength(record, claim) === strength);
	}
	/**
	* Returns the two records that conflict on the instance; empty when none do. A run that another vocabulary names below
	* a said instance, from another exporter or service (else it would be overwritten), may be a second agent or the same
	* one. An instance that is said below another, in one process, conflicts with it unless something links the two.
	*/
	function instanceConflict(claimSources, said, { read, stray }) {
		if (said === void 0) return [];
		const other = stray.find((record) => claimStrength(record, "instance") === "said" && record.instance !== said.instance && claimSources.findIndex(({ key }) => key === record.key) < claimSources.indexOf(said));
		if (other !== void 0) return [other, said];
		if (read !== void 0 && claimSources.indexOf(read) < claimSources.indexOf(said) && read.instance !== said.instance) return [read, said];
		if (isAttested(said)) return [];
		const above = claimSources.slice(claimSources.indexOf(said) + 1).find((record) => claimStrength(record, "instance") === "said" && record.instance !== said.instance);
		if (above === void 0 || isLinked(claimSources, said, above)) return [];
		return said.exporter === above.exporter && said.service === above.service && said.template === above.template ? [said, above] : [];
	}
	/** True when one instance says that it descends from the other, or began with a record of its own. */
	function isLinked(claimSources, said, above) {
		return claimSources.some((record) => record.instance === said.instance && (record.instance_parent !== "" || record.delegation_chain.includes(above.instance) || [
			"session",
			"prompt",
			"delegation"
		].includes(record.kind)));
	}
	/** Returns the nearest record below `named` that names another template: it is of another agent. */
	function anotherAgent(claimSources, named) {
		const own = claimStrength(named, "template");
		if (own !== "said" && own !== "read") return void 0;
		return claimSources.slice(0, claimSources.indexOf(named)).find((record) => {
			const strength = claimStrength(record, "template");
			return (strength === "said" || strength === "read") && record.actor_type === "agent" && record.template !== named.template;
		});
	}
	function templateOf(claimSources, instance) {
		const ofInstance = claimSources.filter((record) => instance !== void 0 && record.instance === instance.instance);
		return find(ofInstance, "template", "said") ?? find(ofInstance, "template", "read") ?? find(claimSources, "template", "said") ?? find(claimSources, "template", "read") ?? find(claimSources, "template", "hinted");
	}
	function delegatorOf(claimSources, instance, stray) {
		const said = find(claimSources, "delegator", "said");
		const read = find(claimSources, "delegator", "read");
		if (said !== void 0 && said === claimSources[0] && isAttested(said, "delegator")) return {
			delegator: said,
			conflictingDelegators: []
		};
		const other = stray.find((record) => claimStrength(record, "delegator") === "said" && record.delegator !== said?.delegator);
		if (other !== void 0) return {
			delegator: void 0,
			conflictingDelegators: [other, ...said ? [said] : []]
		};
		if (said === void 0 || read === void 0 || read.delegator === said.delegator) return {
			delegator: said ?? read,
			conflictingDelegators: []
		};
		return (instance === void 0 || read.key === instance.key) && claimSources.indexOf(read) < claimSources.indexOf(said) ? {
			delegator: void 0,
			conflictingDelegators: [read, said]
		} : {
			delegator: said,
			conflictingDelegators: []
		};
	}
	/**
	* Rule `overwritten_downstream`: maps the key of each ancestor whose identity is not admitted to the record above it
	* that identifies the process.
	*
	* An instrumentation inside an agent's process overwrites the agent's names with its own (`gen_ai.agent.id`, a run, a
	* user). Three things identify it: its record names no instance in the instance's own attribute; a record above it
	* does; and both came from one exporter and one service, so that the sender of the one could have said the other.
	* Another exporter or service is another source, and is admitted.
	*/
	function overwrittenDownstream(ancestors) {
		const overwritten = /* @__PURE__ */ new Map();
		let above;
		for (const record of ancestors.toReversed()) if (record.actor_type === "agent" && claimStrength(record, "instance") !== "said" && above !== void 0 && isOfOneProcess(record, above) && differs(record, above) && above !== void 0) overwritten.set(record.key, above);
		else if (speaksForItself(record)) above = record;
		return overwritten;
	}
	/** True when the record names its instance, or its actor is no agent: records below it do not inherit past it. */
	function speaksForItself(record) {
		if (record.actor_type === "") return false;
		return record.actor_type !== "agent" || claimStrength(record, "instance") === "said";
	}
	function isOfOneProcess(record, above) {
		return above.actor_type === "agent" && above.channel !== "unentitled" && record.exporter === above.exporter && record.service === above.service;
	}
	function differs(record, above) {
		if (record.channel === "unentitled") return true;
		return [
			"template",
			"instance",
			"delegator"
		].some((claim) => {
			const strength = claimStrength(record, claim);
			if (strength === void 0 || strength === "hinted") return false;
			if (claim === "delegator" && strength === "said") return false;
			return record[claim] !== above[claim];
		});
	}
	/** Returns the strength of a record's claim; undefined when it makes none. A claim to act for nobody is a claim. */
	function claimStrength(record, claim) {
		const saysNobody = claim === "delegator" && record.delegator_type === "none";
		if (record[claim] === "" && !saysNobody) return void 0;
		const rule = record[`${claim}_rule`];
		if (rule === "") return "said";
		return hintRules.has(rule) ? "hinted" : "read";
	}
	// packages/query/src/who-did/decide/merge-versions.ts
	/** The field of each claim, and of the rule that derived it. */
	const claims = [
		["actor_type", ""],
		["instance", "instance_rule"],
		["template", "template_rule"],
		["delegator", "delegator_rule"]
	];
	/** Fields that describe what was done. The time and the channel of receipt are not among them. */
	const contentFields = [
		"parent",
		"ts",
		"end_ts",
		"kind",
		"name",
		"tool",
		"action",
		"verb",
		"outcome",
		"resource",
		"prompt_ref",
		"plan_ref",
		"prompt_hash",
		"plan_hash",
		"arguments_hash",
		"content"
	];
	/**
	* Merges the records under one span ID, at least one, in the order of their receipt. A span may have several records:
	* resent, forwarded by two exporters, or claimed by somebody else.
	*
	* Rule `unentitled_claim_set_aside`: one exporter leads. It is `near`, the exporter of the record below the span, when
	* it has a version; else that of the first of the best backed, where a version that names nobody is as well backed as
	* its own exporter's record above it. The leader's best backed versions are admitted, and those of another exporter
	* that is as well backed and may speak for the same actor. Other records under the ID neither contradict nor fill gaps:
	* otherwise anybody who saw a span's ID could invalidate its record. An absent claim is no contradiction, nor is a
	* reading of another vocabulary beside a claim. Where the instance's own key has signed a version, only such versions count.
	*/
	function mergeVersions(versions, entitlements, near = []) {
		const signed = versions.filter((version) => isAttested(version));
		const counted = signed.length > 0 ? signed : versions;
		const leader = leaderOf(counted, entitlements, near);
		if (leader === void 0) throw new Error("a record of the evidence has no version");
		const admitted = admittedBeside(leader, counted, entitlements);
		const isConflict = claims.some(([claim, rule]) => disagree(admitted, claim, rule)) || persons(admitted) > 1;
		const [first = leader] = admitted;
		const isNamed = (version) => version.actor_type !== "";
		return {
			record: admitted.filter(({ exporter }) => exporter === leader.exporter).find(isNamed) ?? admitted.find(isNamed) ?? leader,
			conflicting: isConflict ? admitted : [],
			differsInContent: contentFields.some((field) => admitted.some((one) => one[field] !== first[field])),
			setAside: versions.filter((version) => !admitted.includes(version) && namesSomebody(version) && !agrees(version, admitted))
		};
	}
	/**
	* Returns the exporters whose version of the next record outwards leads: that of the record just below, and, where that is
	* infrastructure's, that of the nearest record below which is not. Otherwise a copy of a span above a proxy's could take
	* the place of the actor's own.
	*
	* @param below the records walked so far, nearest first
	*/
	function nearOf(below) {
		return [below.at(-1)?.exporter, below.findLast((one) => one.channel !== "entitled" || one.actor_type !== "")?.exporter].flatMap((exporter) => exporter ?? []);
	}
	function leaderOf(versions, { isBacked }, near) {
		const ranked = versions.toSorted((a, b) => rankOf(a) - rankOf(b));
		for (const exporter of near) {
			const own = ranked.find((version) => version.exporter === exporter);
			if (own !== void 0) return own;
		}
		const [best] = ranked;
		if (best === void 0) return void 0;
		return (best.channel !== "entitled" ? versions : versions.slice(0, versions.indexOf(best))).find((version) => namesNobody(version) && isBacked(version)) ?? best;
	}
	function admittedBeside(leader, versions, { speaks }) {
		const asBacked = versions.filter(({ channel }) => channel === leader.channel);
		const actor = ownActorOf(asBacked.find((one) => one.exporter === leader.exporter && namesSomebody(one)) ?? leader);
		return asBacked.filter((version) => {
			if (version.exporter === leader.exporter || agrees(version, [leader])) return true;
			if (leader.channel !== "entitled") return namesActor(leader) && namesActor(version);
			return speaks(version.exporter, actor);
		});
	}
	function disagree(versions, claim, rule) {
		const said = versions.filter((version) => version[claim] !== "");
		const plain = rule === "" ? said : said.filter((version) => version[rule] === "");
		return new Set((plain.length > 0 ? plain : said).map((version) => version[claim])).size > 1;
	}
	/** Returns the number of humans that are claimed to have acted. */
	function persons(versions) {
		const humans = versions.filter((version) => version.actor_type === "human" && version.user !== "");
		return new Set(humans.map((version) => version.user)).size;
	}
	function agrees(version, others) {
		return others.some((other) => claims.every(([claim]) => version[claim] === other[claim]) && version.user === other.user);
	}
	/** True when the record names its actor; a token that is bound to somebody names one as entitled or not at all. */
	function namesActor(version) {
		if (version.actor_type === "human" || version.actor_type === "service") return true;
		return ["template", "instance"].some((claim) => {
			const strength = claimStrength(version, claim);
			return strength === "said" || strength === "read";
		});
	}
	function namesSomebody(version) {
		return claims.some(([claim]) => version[claim] !== "");
	}
	// packages/query/src/who-did/decide/join-path.ts
	/** The maximum number of joins on one path outwards; a longer path is a loop. */
	const joinsMax$1 = 64;
	/**
	* Follows an agent's act outwards past the root of its trace: by parent as far as parents reach, then by delegation
	* (rule `joined_by_delegation`), then by correlation (rule `joined_by_correlation`), until a human's prompt, the end of
	* the evidence, or a record that is already on the path.
	*
	* Delegation joins the record by which the parent instance handed over, found by the delegation ID or by the instance
	* that the child calls its parent; without one, the parent's prompt or session. When the parent has no record, it joins
	* the record that gave the parent's own grant. Correlation joins the one human prompt of the same correlation ID from
	* an exporter of the actor; when there are two, neither is taken. Anybody can write a correlation ID.
	*/
	function joinPath(ancestors, lookup) {
		const hops = ancestors.records.map((record, index) => ({
			record,
			joinedBy: index === 0 ? "subject" : "parent",
			leftOut: ""
		}));
		if (hops.length === 0) return hops;
		const records = [...lookup.keys()].flatMap((key) => {
			const record = lookup.mergedRecord(key)?.record;
			return record === void 0 || record.channel === "unentitled" ? [] : [record];
		});
		const passed = new Set(hops.map((hop) => hop.record.key));
		let segment = ancestors.records;
		for (let joins = 0; joins < joinsMax$1; joins += 1) {
			const others = records.filter((record) => !passed.has(record.key));
			const byDelegation = delegatingRecord(segment, others);
			const prompt = hops.some(({ record }) => isHumanPrompt(record)) ? void 0 : correlatedPrompt(segment, others.filter(lookup.isOwn));
			const next = byDelegation ?? (prompt && {
				record: prompt,
				joinedBy: "correlation",
				leftOut: ""
			});
			if (next === void 0) break;
			const farther = walkAncestors(next.record.key, (key) => lookup.mergedRecord(key)).records.filter((record) => !passed.has(record.key));
			farther.forEach((record, index) => {
				passed.add(record.key);
				hops.push(index === 0 ? {
					...next,
					record
				} : {
					record,
					joinedBy: "parent",
					leftOut: ""
				});
			});
			segment = farther;
		}
		return hops;
	}
	/** Returns the record that handed over to the outermost instance of this segment of the path. */
	function delegatingRecord(segment, others) {
		const instance = segment.findLast((record) => record.instance !== "")?.instance;
		const own = segment.filter((r) => r.instance === instance && r.kind !== "delegation");
		const parent = own.map(parentOf).find((id) => id !== "") ?? "";
		const grant = own.find((record) => record.delegation !== "")?.delegation ?? "";
		const parentGrant = own.find((r) => r.delegation_parent !== "")?.delegation_parent ?? "";
		if (instance === void 0 || segment.some((r) => parent !== "" && r.instance === parent)) return void 0;
		const from = others.filter((record) => record.instance !== instance && (parent === "" || record.instance === parent));
		const ofParent = from.filter((r) => parent !== "" || parentGrant !== "" && r.delegation === parentGrant);
		const start = segment.at(-1)?.ts ?? "";
		const record = latest(givingOf(grant, instance, from), start) ?? handingOver(ofParent, start);
		if (record !== void 0) return {
			record,
			joinedBy: "delegation",
			leftOut: ""
		};
		const above = latest(givingOf(parentGrant, instance, others), start);
		return above && {
			record: above,
			joinedBy: "delegation",
			leftOut: parent
		};
	}
	/** Returns the parent's record of a delegation, else its prompt, else its latest record. */
	function handingOver(ofParent, start) {
		const ofKind = (kind) => latest(ofParent.filter((record) => record.kind === kind), start);
		return ofKind("delegation") ?? ofKind("prompt") ?? latest(ofParent, start);
	}
	/** Returns the records by which others gave a grant. */
	function givingOf(grant, instance, others) {
		if (grant === "") return [];
		return others.filter((r) => r.kind === "delegation" && r.delegation === grant && r.instance !== instance);
	}
	/** Returns the instance a record names as its parent, else the one before it in its delegation chain; '' for none. */
	function parentOf(record) {
		if (record.instance_parent !== "") return record.instance_parent;
		const before = record.delegation_chain.indexOf(record.instance) - 1;
		return before < 1 ? "" : record.delegation_chain[before] ?? "";
	}
	function correlatedPrompt(segment, others) {
		const correlation = segment.find((record) => record.correlation !== "")?.correlation;
		if (correlation === void 0) return void 0;
		const prompts = others.filter((r) => r.correlation === correlation && isHumanPrompt(r));
		return prompts.length === 1 ? prompts[0] : void 0;
	}
	function isHumanPrompt(record) {
		return record.kind === "prompt" && record.prompt_origin === "human";
	}
	/** Returns the last record that began by `before`; when clocks disagree and none did, the first of all. */
	function latest(records, before) {
		const sorted = records.toSorted((a, b) => a.ts === b.ts ? 0 : a.ts < b.ts ? -1 : 1);
		return sorted.findLast((record) => record.ts <= before) ?? sorted[0];
	}
	/** Walks from a record outwards by parent, within its trace. Ends at a cycle. */
	function walkAncestors(from, mergedRecord) {
		const records = [];
		const seen = /* @__PURE__ */ new Set();
		let key = from;
		while (key !== "") {
			if (seen.has(key)) return {
				records,
				missingParent: "",
				cycleAt: key
			};
			const found = mergedRecord(key, nearOf(records));
			if (found === void 0) return {
				records,
				missingParent: key,
				cycleAt: ""
			};
			seen.add(key);
			records.push(found.record);
			key = found.record.parent;
		}
		return {
			records,
			missingParent: "",
			cycleAt: ""
		};
	}
	// packages/query/src/who-did/decide/complete-decision.ts
	/** Completes a decision from records beside the act's ancestors: the steps of its run, and the run that it resumes. */
	function completeDecision(decided) {
		return joinLink(nameFromSteps(decided));
	}
	/** The maximum number of resumed runs followed in a row; a longer line is a loop. */
	const joinsMax = 8;
	/**
	* Rule `joined_by_link`: a resumed run inherits the prompt and the delegator of the run before it.
	*
	* An agent that waits for a person ends its trace, and continues in another that links to it. The linked run began the
	* task when the resumed one was asked nothing itself and both name one conversation or one agent, or when both hold the
	* same tool call, interrupted there and done here. When two runs qualify, neither is taken. Another exporter's run
	* counts only when that exporter may speak for its actor.
	*/
	function joinLink(decided) {
		let decision = decided;
		for (let joins = 0; joins < joinsMax; joins += 1) {
			const joined = isOpen(decision) ? joinOnce(decision) : void 0;
			if (joined === void 0) break;
			decision = joined;
		}
		return decision;
	}
	/** True when the task may have begun in an earlier run: no record says that it began in this one. */
	function isOpen(decision) {
		return decision.verdict === "agent" && !initiates(followPrompts(decision).initiating);
	}
	/** Returns the keys that the outermost segment of the path links to, nearest first. */
	function linksOf({ path }) {
		return [...new Set(outermost(path).flatMap(({ record }) => linkedKeys(record.links)))];
	}
	/** Returns the records since the last join: those of the run that may be a resumed one. */
	function outermost(path) {
		return path.slice(Math.max(path.findLastIndex(({ joinedBy }) => joinedBy !== "parent"), 0));
	}
	function joinOnce(decision) {
		const passed = new Set(decision.path.map(({ record }) => record.key));
		const found = /* @__PURE__ */ new Map();
		for (const key of linksOf(decision)) {
			const records = walkAncestors(key, (at) => decision.mergedRecord(at)).records;
			const run = records.find(({ kind }) => kind === "prompt");
			const isNew = records.every((record) => !passed.has(record.key));
			if (run !== void 0 && isNew && isBelieved(decision, records) && qualifies(decision, records)) found.set(run.key, records);
		}
		const [records, ...others] = found.values();
		if (records === void 0 || others.length > 0) return void 0;
		const hops = records.map((record, index) => ({
			record,
			joinedBy: index === 0 ? "link" : "parent",
			leftOut: ""
		}));
		return withDelegator({
			...decision,
			path: [...decision.path, ...hops]
		}, records);
	}
	/** True when every record is from the act's own exporter, or from one that may speak for its actor. */
	function isBelieved({ ancestors }, records) {
		const exporter = ancestors.records[0]?.exporter;
		return records.every((record) => record.channel !== "unentitled" && (record.exporter === exporter || record.channel === "entitled"));
	}
	function qualifies(decision, linked) {
		const own = outermost(decision.path).map(({ record }) => record);
		if (shares(calls(own), callsIn(decision, linked))) return true;
		const { initiating, textSource } = followPrompts(decision);
		if (initiating !== void 0 && textSource?.content_state.state === "text") return false;
		const conversations = (records) => records.map(({ conversation }) => conversation);
		const theirs = conversations(linked);
		return conversations(own).some((one) => one !== "") && theirs.some((one) => one !== "") ? shares(conversations(own), theirs) : shares(names(own), names(linked));
	}
	function calls(records) {
		return records.filter(({ kind }) => kind === "tool_call").map(({ tool_call }) => tool_call);
	}
	/** Returns the calls anywhere in the linked trace: the interrupted call is not an ancestor of the linked record. */
	function callsIn({ evidence, mergedRecord }, linked) {
		const trace = linked[0]?.key.slice(0, 32) ?? "";
		return calls([...evidence.relatedRecords.keys()].filter((key) => key.startsWith(trace)).flatMap((key) => mergedRecord(key)?.record ?? []));
	}
	function names(records) {
		return records.filter((record) => {
			const strength = claimStrength(record, "template");
			return strength === "said" || strength === "read";
		}).map(({ template }) => template);
	}
	function shares(some, others) {
		return some.some((one) => one !== "" && others.includes(one));
	}
	/** Takes the delegator of the earlier run when no record names one for this run. */
	function withDelegator(decision, records) {
		const { delegator, delegatorType, conflictingDelegators, claimSources, grades, grade } = decision;
		if (delegator !== "" || delegatorType === "none" || conflictingDelegators.length > 0) return decision;
		const claimSource = records.find((record) => {
			const strength = claimStrength(record, "delegator");
			const isClaim = strength === "said" || strength === "read";
			return record.actor_type === "agent" && record.delegator !== "" && isClaim;
		});
		if (claimSource === void 0) return decision;
		return {
			...decision,
			delegator: claimSource.delegator,
			delegatorType: claimSource.delegator_type,
			claimSources: {
				...claimSources,
				delegator: claimSource
			},
			grades: {
				...grades,
				delegator: "inferred"
			},
			grade: grade === "contradicted" || grade === "none" ? grade : "inferred"
		};
	}
	/** The maximum number of parents followed to find the run that a record belongs to. */
	const parentsMax = 256;
	/**
	* Rule `named_by_steps`: when only a service's name identifies the agent, and all steps of the act's run that name an
	* agent name the same one, that one is taken. LlamaIndex names its agents only on such steps.
	*/
	function nameFromSteps(decision) {
		const { verdict, claimSources, ancestors } = decision;
		const isWeak = claimSources.template?.template_rule === "resource.service_name";
		const run = ancestors.records.find(({ kind }) => kind === "prompt");
		if (verdict !== "agent" || !isWeak || run === void 0) return decision;
		const steps = stepsOf(decision, run);
		const [step] = steps;
		if (step === void 0 || new Set(steps.map(({ template }) => template)).size > 1) return decision;
		return {
			...decision,
			isNamedBySteps: true,
			template: step.template,
			actorId: decision.instance === "" ? step.template : decision.actorId,
			claimSources: {
				...claimSources,
				template: step
			},
			grades: {
				...decision.grades,
				template: "inferred"
			}
		};
	}
	/** Returns the records of the run itself, from its own exporter, that name an agent. */
	function stepsOf({ evidence, mergedRecord }, run) {
		const trace = run.key.slice(0, 32);
		return [...evidence.relatedRecords.keys()].flatMap((key) => {
			const record = key.startsWith(trace) ? mergedRecord(key)?.record : void 0;
			return record !== void 0 && record.actor_type === "agent" && record.exporter === run.exporter && record.channel !== "unentitled" && claimStrength(record, "template") === "read" && isUnder(record, run, mergedRecord) ? [record] : [];
		});
	}
	function isUnder(record, run, mergedRecord) {
		let key = record.parent;
		for (let parents = 0; parents < parentsMax && key !== ""; parents += 1) {
			if (key === run.key) return true;
			const above = mergedRecord(key)?.record;
			if (above === void 0 || above.kind === "prompt") return false;
			key = above.parent;
		}
		return false;
	}
	/** The maximum number of links read from one record; more belong to a batch, not to a resumed run. */
	const linksMax = 8;
	const link = /"trace_id":"([0-9a-f]{32})","span_id":"([0-9a-f]{16})"/gu;
	/** Returns the keys, `<trace>-<span>`, that a record's links name. Accepts the ledger's JSON even when it is cut. */
	function linkedKeys(links) {
		if (links === "") return [];
		const keys = /* @__PURE__ */ new Set();
		for (const [, trace = "", span = ""] of links.slice(0, linksBytesMax).matchAll(link)) {
			if (keys.size >= linksMax) break;
			keys.add(`${trace}-${span}`);
		}
		return [...keys];
	}
	// packages/query/src/who-did/decide/cross-exporters.ts
	/**
	* Rule `crosses_exporters`: a claim on the actor is inherited across exporters only when all of them may speak for that
	* actor: the one whose record makes the claim, and each one whose record leads up to it by its parent. The rule does
	* not apply within the records of one exporter.
	*
	* A parent's ID is only a number that a sender writes. Without this rule a token for one agent could attach its act to
	* any span it had seen, and supply the missing parent of another's span with claims for that span to inherit.
	*/
	function crossExporters(ancestors, entitlements) {
		const { records } = ancestors;
		const isAdmitted = admission(records, entitlements);
		const { actor, template } = resolveClaims(records.map((record, index) => isAdmitted(index) ? record : silenced(record)));
		const key = actor?.actor_type === "agent" ? `agent:${template?.template ?? ""}` : keyOf(actor);
		const reach = reachOf(records, key, entitlements);
		return {
			actor: key,
			notAdmitted: findNotAdmitted(records, reach, {
				isAdmitted,
				entitlements
			}),
			ancestors: reach === records.length ? ancestors : {
				records: records.slice(0, reach),
				missingParent: records[reach]?.key ?? "",
				cycleAt: ""
			}
		};
	}
	function findNotAdmitted(records, reach, { isAdmitted, entitlements }) {
		const named = records.findIndex((record, index) => index >= reach && record.actor_type !== "" && !isAdmitted(index));
		const record = records[named < 0 ? reach : named];
		if (record === void 0) return void 0;
		const actor = keyWithin(records, named < 0 ? reach : named);
		const below = records.slice(0, named < 0 ? reach : named).find((one) => one.exporter !== record.exporter && !entitlements.inherits(one.exporter, actor));
		return {
			record,
			exporter: record.channel === "entitled" && record.actor_type !== "" && below !== void 0 ? below.exporter : record.exporter
		};
	}
	function keyOf(actor) {
		return actor === void 0 ? "" : ownActorOf(actor);
	}
	/** Returns a test: true when an ancestor's claim on the actor counts for the subject. */
	function admission(records, { speaks, inherits }) {
		const admitted = [];
		const passed = /* @__PURE__ */ new Set();
		records.forEach((record, index) => {
			passed.add(record.exporter);
			const key = keyWithin(records, index);
			admitted.push(passed.size === 1 || record.actor_type !== "" && record.channel === "entitled" && (speaks(record.exporter, key) || inherits(record.exporter, key)) && [...passed].every((one) => one === record.exporter || inherits(one, key)));
		});
		return (index) => admitted[index] ?? false;
	}
	/** Returns a record's actor: the one it names, else the one that its exporter's nearest record above it names. */
	function keyWithin(records, index) {
		const record = records[index];
		if (record === void 0) return "";
		if (record.actor_type !== "agent") return ownActorOf(record);
		for (let above = index; above < index + templateHopsMax; above += 1) {
			const one = records[above];
			if (one === void 0 || one.exporter !== record.exporter) break;
			if (one.actor_type === "agent" && one.template !== "") return `agent:${one.template}`;
		}
		return "agent:";
	}
	/** The maximum number of records read upwards to find a record's template. */
	const templateHopsMax = 64;
	/** Returns the number of records, from the subject on, whose exporters may all speak for the actor, or are one. */
	function reachOf(records, actor, { inherits }) {
		const own = records[0]?.exporter;
		const isOwn = (record) => record.exporter === own;
		const border = records.findIndex((record) => !isOwn(record));
		if (border < 0) return records.length;
		const mayInherit = (record) => actor !== "" && inherits(record.exporter, actor);
		const [subject] = records;
		if (subject === void 0 || !mayInherit(subject)) return border;
		const end = records.findIndex((record) => !mayInherit(record));
		return end < 0 ? records.length : end;
	}
	// packages/query/src/who-did/decide/find-contradiction.ts
	const none = {
		contradiction: "",
		doubt: "",
		contradicting: [],
		rival: void 0,
		simultaneous: void 0
	};
	/**
	* Returns the first contradiction or doubt that the rules find in the claims. When all contradicting records name one
	* template, only the instance is in doubt: invented names of instances do not invalidate an act.
	*/
	function findContradiction(evidence, claims, mergedRecord) {
		const subject = mergedRecord(evidence.subject)?.record;
		const claimSources = [
			claims.actor,
			claims.instance,
			claims.template,
			claims.delegator
		];
		const conflicting = conflictOf([subject, ...claimSources], mergedRecord) ?? claims.conflicting;
		const { actor } = claims;
		const isDoubt = conflicting.length > 0 && isOneTemplate(conflicting, claims);
		if (conflicting.length > 0 && !isDoubt) return {
			...none,
			contradiction: "conflicting_identity",
			contradicting: conflicting
		};
		if (actor?.actor_type === "human" && actor.instance !== "") return {
			...none,
			contradiction: "conflicting_identity",
			contradicting: [actor]
		};
		const unentitled = claimSources.find((record) => record?.channel === "unentitled");
		if (unentitled !== void 0) return {
			...none,
			contradiction: "exporter_not_entitled",
			contradicting: [unentitled]
		};
		if (isDoubt && differ(conflicting, "instance")) return {
			...none,
			doubt: "conflicting_identity",
			contradicting: conflicting
		};
		return claimedTwice(evidence, claims) ?? tie(evidence, claims, subject);
	}
	/** Returns the versions of the first record whose versions disagree. */
	function conflictOf(records, mergedRecord) {
		return records.map((record) => mergedRecord(record?.key ?? "")?.conflicting ?? []).find((versions) => versions.length > 0);
	}
	function claimedTwice({ instanceClaims }, { instance }) {
		const rival = instance && secondClaimant(instance, instanceClaims);
		if (instance === void 0 || rival === void 0) return void 0;
		return {
			...none,
			doubt: "instance_of_another_template",
			contradicting: [instance],
			rival
		};
	}
	function tie(evidence, claims, subject) {
		if (subject === void 0) return none;
		const template = claims.actor?.actor_type === "agent" ? claims.template?.template ?? "" : "";
		const { other, sibling } = simultaneousAction({
			subject,
			actorId: actorIdOf(claims),
			template,
			listed: evidence.listed
		});
		if (other !== void 0) return {
			...none,
			contradiction: "simultaneous_actions",
			contradicting: [subject],
			simultaneous: other
		};
		return sibling === void 0 ? none : {
			...none,
			doubt: "simultaneous_actions",
			contradicting: [subject],
			simultaneous: sibling
		};
	}
	/** True when all contradicting records are of the one template that is named. */
	function isOneTemplate(conflicting, { template }) {
		return template !== void 0 && conflicting.every((record) => record.actor_type === "agent" && record.template === template.template);
	}
	/** True when the records name more than one value of the claim. */
	function differ(records, claim) {
		return new Set(records.map((record) => record[claim]).filter((id) => id !== "")).size > 1;
	}
	/** Returns the instance (else the template), the person or the service that the claims name; '' for nobody. */
	function actorIdOf({ actor, instance, template }) {
		if (actor === void 0) return "";
		switch (actor.actor_type) {
			case "agent": return instance?.instance ?? template?.template ?? "";
			case "human": return actor.user;
			case "service": return actor.service;
			default: return "";
		}
	}
	/** Returns the verdict on the claims; `undetermined` when they contradict each other or name nobody. */
	function verdictOf(claims, contradiction) {
		const { actor } = claims;
		if (contradiction !== "" || actor === void 0) return "undetermined";
		switch (actor.actor_type) {
			case "agent": return claims.instance !== void 0 || claims.template !== void 0 ? "agent" : "undetermined";
			case "human": return actor.user === "" ? "undetermined" : "human";
			case "service": return actor.service === "" ? "undetermined" : "service";
			default: return "undetermined";
		}
	}
	/** The time for which a claim on an instance must have stood alone for a later claim not to count. */
	const aloneMs = 864e5;
	/**
	* Rule `instance_of_another_template`: returns another exporter's claim on the instance, as another template.
	*
	* An instance belongs to one template and is never reused, and a token that may speak for one template can write any
	* instance's name on its records. Records may be held back for hours before they are sent, so the first claim received
	* proves ownership only when it stood alone for a day: a newcomer then cannot invalidate its record. Otherwise the
	* instance is left open, but for a record that the instance's own key has signed: its token names the template too. The template is that of the record, because its exporter may speak for it. The answer names
	* both, and `as_recorded` shows what was known before the second came.
	*/
	function secondClaimant(record, claims) {
		if (record.template === "" || claimStrength(record, "instance") !== "said") return void 0;
		if (isAttested(record) && isAttested(record, "template")) return void 0;
		const onInstance = claims.filter((claim) => claim.instance_key === record.instance_key && claim.template !== "");
		const own = onInstance.find((claim) => !isRival(claim, record));
		return onInstance.find((claim) => isRival(claim, record) && !cameLate(claim, own));
	}
	function isRival(claim, record) {
		return claim.template !== record.template && claim.exporter !== record.exporter;
	}
	function cameLate(rival, own) {
		return own !== void 0 && receivedMs(rival) - receivedMs(own) > aloneMs;
	}
	function receivedMs(claim) {
		return Date.parse(`${claim.received_at.replace(" ", "T")}Z`);
	}
	/**
	* Rule `simultaneous_actions`: finds another act on the handle that may equally be the newest: at the same instant and
	* by another actor. The record does not show which of the two came last, and choosing one would be a guess. When both
	* are of one template, it is still known that an agent of that template acted last.
	*
	* An act that does not name its actor does not count, nor does one that is worse backed than the subject.
	*/
	function simultaneousAction({ subject, actorId, template, listed }) {
		const tied = listed.filter((action) => {
			if (actorId === "" || !action.qualifies) return false;
			if (action.ts !== subject.ts || action.key === subject.key) return false;
			const isBacked = action.channel === "entitled" || action.channel === "unbound" && subject.channel !== "entitled";
			const actor = actorOf(action);
			return isBacked && actor !== "" && actor !== actorId;
		});
		const isSibling = (action) => action.actor_type === "agent" && template !== "" && action.template === template;
		return {
			other: tied.find((action) => !isSibling(action)),
			sibling: tied.find(isSibling)
		};
	}
	function actorOf(action) {
		if (action.actor_type === "agent") return action.instance === "" ? action.template : action.instance;
		if (action.actor_type === "human") return action.user;
		return action.actor_type === "service" ? action.service : "";
	}
	// packages/query/src/who-did/decide/admit-evidence.ts
	/** Walks outwards from the subject across all exporters, and keeps the claims each may make on the subject's actor. */
	function admitEvidence(evidence) {
		const { relatedRecords, subject } = evidence;
		const entitlements = readEntitlements(relatedRecords);
		const crossed = crossExporters(walkAncestors(subject, (key, near) => {
			const versions = relatedRecords.get(key);
			return versions && mergeVersions(versions, entitlements, near);
		}), entitlements);
		return {
			...admitRecords(evidence, crossed, entitlements),
			notAdmitted: crossed.notAdmitted
		};
	}
	/** The maximum number of rounds that follow names from record to record; a longer line is a loop. */
	const roundsMax = 64;
	/**
	* Admits, of all related records, the subject and its ancestors, the records of exporters that may speak for the actor,
	* and the records that these name: those of the instance they call their parent, and the human's own prompt they refer
	* to. The actor's exporter makes that reference; each named record is admitted only from an exporter that is entitled
	* to it. No other record is admitted about prompts, plans, inputs, delegators and delegations.
	*/
	function admitRecords({ relatedRecords }, { ancestors, actor }, entitlements) {
		const homes = homesOf(ancestors.records, relatedRecords, {
			actor,
			entitlements
		});
		const isOwn = (record) => homes.has(record.exporter);
		const records = ancestors.records.map((record, index) => index === 0 || isOwn(record) ? record : bare(record));
		const amongAncestors = new Map(records.map((record) => [record.key, record]));
		const granted = namedRecords$1(relatedRecords, isOwn);
		const remembered = /* @__PURE__ */ new Map();
		const admit = (key) => {
			const versions = relatedRecords.get(key);
			if (versions === void 0) return void 0;
			const passed = amongAncestors.get(key);
			if (passed !== void 0) return {
				...mergeVersions(versions, entitlements, [passed.exporter]),
				record: passed
			};
			const own = versions.filter(isOwn);
			const admitted = own.length > 0 ? own : versions.filter((version) => granted.has(version));
			const [first] = admitted;
			return first && mergeVersions(admitted, entitlements, [first.exporter]);
		};
		return {
			isOwn,
			ancestors: {
				...ancestors,
				records
			},
			mergedRecord: (key) => {
				if (!remembered.has(key)) remembered.set(key, admit(key));
				return remembered.get(key);
			}
		};
	}
	/** Returns a record that only leads on to its parent, without its claims on what led to the act. */
	function bare(record) {
		return {
			...silenced(record),
			kind: structural.has(record.kind) ? "other" : record.kind,
			user: "",
			prompt_ref: "",
			plan_ref: "",
			correlation: "",
			delegation: "",
			delegation_parent: "",
			delegation_chain: [],
			instance_parent: "",
			input_source: "",
			credential: ""
		};
	}
	const structural = /* @__PURE__ */ new Set([
		"session",
		"prompt",
		"plan",
		"delegation"
	]);
	/** Returns the exporters that may speak for the actor: that of its own records and, if it is entitled, all that are. */
	function homesOf(ancestors, relatedRecords, { actor, entitlements }) {
		const homes = /* @__PURE__ */ new Set();
		const [subject] = ancestors;
		if (subject === void 0) return homes;
		if ((ancestors.find((record) => record.actor_type !== "") ?? subject).exporter === subject.exporter) homes.add(subject.exporter);
		if (!entitlements.inherits(subject.exporter, actor)) return homes;
		for (const versions of relatedRecords.values()) for (const { exporter } of versions) if (entitlements.speaks(exporter, actor)) homes.add(exporter);
		return homes;
	}
	/**
	* Returns the records of other exporters that the actor's records name, directly or through such records. For each
	* name, only the exporter whose record was received first counts. An instance that two templates claim is not admitted:
	* see {@link secondClaimant}.
	*/
	function namedRecords$1(relatedRecords, isOwn) {
		const all = [...relatedRecords.values()].flat();
		const owned = all.filter(isOwn);
		const others = all.filter((record) => !isOwn(record) && record.channel === "entitled").toSorted((a, b) => a.received_at === b.received_at ? 0 : a.received_at < b.received_at ? -1 : 1);
		const granted = /* @__PURE__ */ new Set();
		if (others.length === 0) return granted;
		const known = new Set(owned.map(({ instance }) => instance));
		const isContested = contestReader(others);
		const speakerOf = /* @__PURE__ */ new Map();
		let saying = owned;
		for (let round = 0; round < roundsMax && saying.length > 0; round += 1) {
			const names = namesIn(saying);
			saying = others.filter((record) => {
				const name = nameOf(record, names, known);
				if (granted.has(record) || name === "" || isContested(record)) return false;
				if (!speakerOf.has(name)) speakerOf.set(name, record.exporter);
				return speakerOf.get(name) === record.exporter;
			});
			for (const record of saying) granted.add(record);
		}
		return granted;
	}
	/**
	* Returns a test: true when another exporter claims a record's instance for another template, early enough to own it.
	*/
	function contestReader(records) {
		const claims = /* @__PURE__ */ new Map();
		for (const { actor_type, instance, template, exporter, received_at } of records) {
			if (actor_type !== "agent" || instance === "") continue;
			const known = claims.get(instance) ?? [];
			claims.set(instance, known);
			if (!known.some((one) => one.exporter === exporter && one.template === template)) known.push({
				instance_key: instance,
				template,
				exporter,
				received_at
			});
		}
		return (record) => record.actor_type === "agent" && secondClaimant({
			...record,
			instance_key: record.instance
		}, claims.get(record.instance) ?? []) !== void 0;
	}
	function namesIn(records) {
		return {
			instances: new Set(records.flatMap((one) => [one.instance_parent, ...one.delegation_chain.slice(1)])),
			prompts: new Set(records.map(({ prompt_ref: ref }) => ref))
		};
	}
	/**
	* Returns the name by which other records refer to a record; '' when none does. An instance that has records of the
	* actor's own exporters is not looked up in those of others.
	*/
	function nameOf(record, { instances, prompts }, known) {
		const { instance, key, kind } = record;
		if (record.actor_type === "agent" && instance !== "" && instances.has(instance) && !known.has(instance)) return `instance:${instance}`;
		return record.actor_type === "human" && kind === "prompt" && prompts.has(key) ? `prompt:${key}` : "";
	}
	// packages/query/src/who-did/decide/find-delegator.ts
	/** Fills in an agent's delegator by rule when its own ancestors name none and none is in dispute. */
	function findDelegator(claims, around) {
		if (!(claims.actor?.actor_type === "agent" && claims.delegator === void 0 && claims.conflictingDelegators.length === 0)) return claims;
		const joined = {
			...claims,
			delegator: joinDelegator(around.path, around.lookup)
		};
		return around.inferRequestUser ? userOfTheRequest(joined, around.ancestors) : joined;
	}
	/**
	* Returns the record that names the delegator when the agent's trace does not: the nearest on the path outwards (rule
	* `joined_by_delegation`), else one of the same correlation ID from the actor's exporters, when all of these agree
	* (rule `joined_by_correlation`). Undefined when two disagree.
	*/
	function joinDelegator(path, lookup) {
		const onPath = path.find(({ record }) => claimsDelegator(record));
		if (onPath !== void 0) return onPath.record;
		const correlation = path.find(({ record }) => record.correlation !== "")?.record.correlation;
		if (correlation === void 0) return void 0;
		const correlated = [...lookup.keys()].flatMap((key) => {
			const record = lookup.mergedRecord(key)?.record;
			return record !== void 0 && record.correlation === correlation && lookup.isOwn(record) && claimsDelegator(record) ? [record] : [];
		});
		return new Set(correlated.map((record) => record.delegator)).size === 1 ? correlated[0] : void 0;
	}
	function claimsDelegator(record) {
		return record.actor_type === "agent" && record.channel !== "unentitled" && claimStrength(record, "delegator") === "said";
	}
	/** The OTLP kind of a span that received a request. */
	const serverKind = "2";
	/**
	* Rule `user_of_the_request`: an agent without another delegator is taken to act for the person whose request it
	* serves. The server's span above its outermost run names that person (`enduser.id`, `user.id`). Only a server of the
	* run's own exporter is admitted. An agent that claims to act for nobody is believed.
	*/
	function userOfTheRequest(claims, ancestors) {
		const isOpen = claims.actor?.actor_type === "agent" && claims.delegator === void 0 && claims.conflictingDelegators.length === 0;
		const outermost = ancestors.findLastIndex((record) => record.actor_type === "agent");
		const run = ancestors[outermost];
		if (!isOpen || run === void 0) return claims;
		const server = ancestors.slice(outermost + 1).find((record) => record.actor_type === "" && record.span_kind === serverKind && record.user !== "" && record.exporter === run.exporter);
		if (server === void 0) return claims;
		const delegator = {
			...server,
			delegator: server.user,
			delegator_type: "human",
			delegator_rule: "user_of_the_request"
		};
		return {
			...claims,
			delegator
		};
	}
	// packages/query/src/who-did/decide/name-template.ts
	/**
	* Replaces the template when only a service's name identifies the agent: by the name that any record of the same
	* instance gives (rule `same_instance`); else, when the parent is missing, by that of the only agent run of the trace
	* and the exporter, if it encloses the act in time (rule `enclosing_agent_run`).
	*/
	function nameTemplate(claims, around) {
		const { actor, template, instance } = claims;
		const isWeak = template === void 0 || !isName(template);
		if (actor?.actor_type !== "agent" || !isWeak) return claims;
		const better = (instance && ofSameInstance(instance, around)) ?? (around.ancestors.missingParent === "" ? void 0 : enclosingRun(around));
		return better === void 0 ? claims : {
			...claims,
			template: better
		};
	}
	function isName(record) {
		const strength = claimStrength(record, "template");
		return strength === "said" || strength === "read";
	}
	function ofSameInstance({ instance }, { evidence, admitted }) {
		return only(namedRecords(evidence, admitted).filter((record) => record.instance === instance));
	}
	function enclosingRun({ evidence, ancestors, admitted }) {
		const [subject] = ancestors.records;
		if (subject === void 0) return void 0;
		const trace = subject.key.slice(0, 32);
		const enclosing = only(namedRecords(evidence, admitted).filter((record) => record.key.startsWith(trace) && record.exporter === subject.exporter && (record.kind === "prompt" || record.kind === "session")));
		return enclosing !== void 0 && enclosing.ts <= subject.ts && subject.ts <= enclosing.end_ts ? enclosing : void 0;
	}
	function namedRecords({ relatedRecords }, { mergedRecord, isOwn }) {
		return [...relatedRecords.keys()].flatMap((key) => {
			const record = mergedRecord(key)?.record;
			return record !== void 0 && record.actor_type === "agent" && record.channel !== "unentitled" && isOwn(record) && isName(record) ? [record] : [];
		});
	}
	/** Returns the first record when all of them name one template; else undefined. */
	function only(records) {
		return new Set(records.map(({ template }) => template)).size === 1 ? records[0] : void 0;
	}
	// packages/query/src/who-did/decide/decide.ts
	/**
	* Decides who did it from the evidence alone: entitlements → ancestors → crossed exporters → claims → contradictions →
	* verdict → path.
	*
	* Pure, and never guesses: a claim that is missing or contradicted is `undetermined`. An exporter's claims do not count
	* for another's actor (rule `crosses_exporters`): the decision holds only admitted claims. The rules are in the files
	* beside this one; the view `whodid.who_did_when` applies fewer in SQL, and never gives another definite verdict.
	*/
	function decide(evidence) {
		const admitted = admitEvidence(evidence);
		const { mergedRecord, ancestors } = admitted;
		const said = nameTemplate(resolveClaims(ancestors.records), {
			evidence,
			ancestors,
			admitted
		});
		const found = findContradiction(evidence, said, mergedRecord);
		const own = withoutDoubtfulDelegator(said, found, mergedRecord);
		const isOwnAct = own.actor !== void 0 && own.actor.actor_type !== "agent";
		const keys = () => isOwnAct ? [] : evidence.relatedRecords.keys();
		const lookup = {
			...admitted,
			keys
		};
		const isTie = found.doubt === "simultaneous_actions";
		const path = isTie ? [] : joinPath(ancestors, lookup);
		const inferRequestUser = (evidence.rules?.inferRequestUser ?? true) && found.doubt === "";
		const around = {
			path,
			lookup,
			ancestors: ancestors.records,
			inferRequestUser
		};
		const claims = isTie ? own : findDelegator(own, around);
		return {
			evidence,
			...found,
			...outcomeOf$1(claims, found, ancestors.records[0]),
			conflictingDelegators: claims.conflictingDelegators,
			overwritten: claims.overwritten,
			path,
			...admitted
		};
	}
	function outcomeOf$1(claims, { contradiction, doubt }, subject) {
		const named = doubt === "" ? claims : {
			...claims,
			instance: void 0
		};
		const verdict = verdictOf(named, contradiction);
		const isAgent = verdict === "agent";
		const { actor, instance, template, delegator } = named;
		const claimSources = {
			actor,
			instance,
			template,
			delegator
		};
		const grades = gradesOf(claimSources, subject);
		const claimed = doubt === "simultaneous_actions" ? void 0 : claims.instance;
		return {
			verdict,
			grade: gradeOf(verdict, contradiction, grades),
			actorId: verdict === "undetermined" ? "" : actorIdOf(named),
			...isAgent ? namesOf(named, claimed) : noNames,
			claimSources,
			grades
		};
	}
	const noNames = {
		instance: "",
		claimedInstance: "",
		template: "",
		delegator: "",
		delegatorType: ""
	};
	function namesOf(named, claimed) {
		return {
			instance: named.instance?.instance ?? "",
			claimedInstance: claimed?.instance ?? "",
			template: named.template?.template ?? "",
			delegator: delegatorIdOf(named),
			delegatorType: named.delegator?.delegator_type ?? ""
		};
	}
	/**
	* Removes the delegator when versions of the record that names it disagree on it, or when another act is simultaneous
	* and it is not known which of the two came last.
	*/
	function withoutDoubtfulDelegator(claims, { contradiction, doubt }, mergedRecord) {
		const versions = mergedRecord(claims.delegator?.key ?? "")?.conflicting ?? [];
		if (contradiction === "" && differ(versions, "delegator")) return {
			...claims,
			delegator: void 0,
			conflictingDelegators: versions
		};
		return doubt === "simultaneous_actions" ? {
			...claims,
			delegator: void 0
		} : claims;
	}
	function delegatorIdOf({ delegator }) {
		return delegator === void 0 || delegator.delegator_type === "none" ? "" : delegator.delegator;
	}
	function gradesOf(claimSources, subject) {
		const grade = (claim) => {
			const record = claimSources[claim];
			if (record === void 0) return "none";
			if (record.channel === "unentitled") return "contradicted";
			const isDerived = claim !== "actor" && (claim !== "delegator" || record.delegator !== "") && record[`${claim}_rule`] !== "";
			if (record.key !== subject?.key || isDerived) return "inferred";
			const sealed = sealedGrade(record, claim);
			if (sealed !== void 0) return sealed;
			return record.channel === "entitled" ? "channel" : "asserted";
		};
		const saysNobody = claimSources.delegator !== void 0 && claimSources.delegator.delegator === "";
		return {
			actor: grade("actor"),
			instance: grade("instance"),
			template: grade("template"),
			delegator: saysNobody ? "none" : grade("delegator")
		};
	}
	/** Returns the weakest grade that the verdict rests on; an absent claim is a gap and does not count. */
	function gradeOf(verdict, contradiction, grades) {
		if (contradiction !== "") return "contradicted";
		if (verdict === "undetermined") return "none";
		const links = verdict === "agent" ? Object.values(grades) : [grades.actor];
		return weakestFirst.find((grade) => links.includes(grade)) ?? "channel";
	}
	/** The grades that a verdict can rest on, the weakest first. */
	const weakestFirst = [
		"inferred",
		"asserted",
		"channel",
		"token_bound",
		"attested"
	];
	// packages/query/src/who-did/decide/same-act.ts
	/** True for the record of an act, and not of a decision on one. */
	function isAct(record) {
		if (record.kind === "approval") return false;
		return record.kind === "tool_call" || record.kind === "action" || record.resource !== "" || record.action !== "";
	}
	/** True when two values are equal, or one is not stated. */
	function agree(a, b) {
		return a === "" || b === "" || a === b;
	}
	/** Rule `crosses_exporters`: the call's exporter may report its outcome, another only if it may speak for its actor. */
	function mayReport(record, call) {
		if (record.exporter === call.exporter) return record.channel !== "unentitled" || call.channel === "unentitled";
		if (record.channel !== "entitled") return false;
		if (record.actor_type === "") return true;
		return record.actor_type === call.actor_type && record.template === call.template && record.instance === call.instance && record.user === call.user;
	}
	// packages/query/src/who-did/decide/hook-calls.ts
	/** The most records read for one call. */
	const recordsMax = 256;
	/** True for a record that a product's hook made: its action's ID is the model's own ID of the call. */
	function isOfHook({ action, tool_call: call }) {
		return call !== "" && action === call;
	}
	/**
	* Returns the call that a hook's record is about, as the product's own telemetry records it beside the hook: in the same trace, under the
	* same ID. The record itself when there is none.
	*/
	function callOfHook(record, mergedRecord, byCall) {
		if (!isOfHook(record)) return record;
		const calls = recordsOfCall(record, mergedRecord, byCall).filter((other) => !isOfHook(other) && isSeenByHook(record, other));
		return calls.find(({ kind }) => kind === "tool_call") ?? calls[0] ?? record;
	}
	/** Returns the records that hooks made of a call. */
	function hooksOf(call, mergedRecord, byCall) {
		if (call.tool_call === "" || isOfHook(call)) return [];
		return recordsOfCall(call, mergedRecord, byCall).filter((other) => isOfHook(other) && isSeenByHook(other, call));
	}
	function recordsOfCall(record, mergedRecord, byCall) {
		return (byCall.get(callKey(record)) ?? []).slice(0, recordsMax).flatMap((key) => mergedRecord(key)?.record ?? []);
	}
	/** True when both are the same actor's, and neither says what the other does not. */
	function isSeenByHook(hook, call) {
		return mayReport(hook, call) && hook.template === call.template && hook.instance === call.instance && agree(hook.tool, call.tool) && agree(hook.resource, call.resource);
	}
	/** The model's ID of a call is its own only within a trace. */
	function callKey({ key, tool_call: call }) {
		return `${key.slice(0, 32)} ${call}`;
	}
	// packages/query/src/who-did/decide/outcome-of-act.ts
	/**
	* Returns the outcome of a call with its parts: a denial outranks a failure, and a failure a success, on any of the
	* records. Of several parts side by side the last decides: a call that was tried again has the outcome of the last try.
	*/
	function outcomeOf({ record: call, parts }) {
		const own = {
			outcome: call.outcome,
			reportedBy: call.outcome === "" ? void 0 : call
		};
		if (call.outcome === "failure" || call.outcome === "denied") return own;
		const done = lastReported(parts);
		const decision = lastOf(parts.filter(({ record }) => isDecision(record)))?.record;
		if (decision !== void 0 && decision.approval !== "allow" && done?.outcome !== "success") return {
			outcome: "denied",
			reportedBy: decision
		};
		if (call.outcome === "success" && call.outcome_rule === "") return own;
		if (done !== void 0 && done.outcome !== "success") return done;
		return call.outcome === "success" || done === void 0 ? own : done;
	}
	/** Returns the outcome of the last part that ended. */
	function lastReported(parts) {
		return lastOf(parts.filter(({ record }) => record.kind !== "approval").map((part) => ({
			record: part.record,
			reported: outcomeOf(part)
		})).filter(({ reported }) => reported.outcome !== "" && reported.outcome !== "unknown"))?.reported;
	}
	function isDecision({ kind, approval, outcome }) {
		return kind === "approval" && (approval === "allow" || approval === "deny" || outcome === "denied");
	}
	/** Returns the record that ended last; on a tie, the one that began later. */
	function lastOf(records) {
		const timeOf = ({ record }) => `${record.end_ts} ${record.ts}`;
		return records.toSorted((a, b) => timeOf(a) < timeOf(b) ? -1 : 1).at(-1);
	}
	// packages/query/src/who-did/decide/fold-act.ts
	/** The maximum number of records between a part and its call; a longer path is not one call. */
	const stepsMax = 16;
	/** The maximum number of parts read for one call. */
	const partsMax = 256;
	/** Kinds of record that may stand between a call and its parts without being a thing of their own. */
	const between = /* @__PURE__ */ new Set([
		"other",
		"input",
		"approval",
		"tool_call",
		"action"
	]);
	/**
	* Rule `one_act_in_parts`: a call, its approval and its execution, a client's call with its send and the server's side
	* of it, or an intent and its outcome are one act. Any of these records may supply outcome, tool, resource and
	* arguments.
	*
	* A failure that a part states outranks the form of the call (a status, a result); a denial without an execution
	* outranks both. Another exporter's part counts only when that exporter may speak for the call's actor.
	*/
	function foldActs(records) {
		const { mergedRecord } = records;
		let index;
		const folded = /* @__PURE__ */ new Map();
		return (key) => {
			const record = mergedRecord(key)?.record;
			if (record === void 0) return void 0;
			const found = index ??= indexOf(records);
			const foldOf = (call) => {
				let act = folded.get(call.key);
				if (act === void 0) folded.set(call.key, act = foldAct(call, mergedRecord, found));
				return act;
			};
			const act = foldOf(callOf(record, mergedRecord, found));
			return act.key === key || act.parts.has(key) ? act : foldOf(record);
		};
	}
	function indexOf({ keys, mergedRecord }) {
		const children = /* @__PURE__ */ new Map();
		const byAction = /* @__PURE__ */ new Map();
		const byCall = /* @__PURE__ */ new Map();
		const add = (map, name, key) => {
			const list = map.get(name);
			if (list === void 0) map.set(name, [key]);
			else list.push(key);
		};
		for (const key of keys()) {
			const record = mergedRecord(key)?.record;
			if (record === void 0) continue;
			if (record.parent !== "") add(children, record.parent, key);
			if (record.action !== "") add(byAction, `${key.slice(0, 32)} ${record.action}`, key);
			if (record.tool_call !== "" && isAct(record)) add(byCall, callKey(record), key);
		}
		return {
			children,
			byAction,
			byCall
		};
	}
	/** Returns the record that stands for the act: climbs from a part to its call, and from an intent to its outcome. */
	function callOf(record, mergedRecord, { byAction, byCall }) {
		let call = outcomeOfIntent(record, mergedRecord, byAction);
		call = callOfHook(call, mergedRecord, byCall);
		let above = mergedRecord(call.parent)?.record;
		for (let step = 0; step < stepsMax && above !== void 0; step += 1) {
			if (isAct(above)) {
				if (!isPart(call, above, mergedRecord)) break;
				call = above;
			} else if (!between.has(above.kind)) break;
			above = above.parent === above.key ? void 0 : mergedRecord(above.parent)?.record;
		}
		return call;
	}
	/** Returns the outcome of an intent, of the same action ID, trace and actor; the record itself when there is none. */
	function outcomeOfIntent(record, mergedRecord, byAction) {
		if (record.outcome !== "unknown" || record.action === "") return record;
		return (byAction.get(`${record.key.slice(0, 32)} ${record.action}`) ?? []).slice(0, partsMax).flatMap((key) => mergedRecord(key)?.record ?? []).find((other) => other.key !== record.key && endsIntent$1(other, record)) ?? record;
	}
	function endsIntent$1(other, intent) {
		return other.outcome !== "unknown" && (other.outcome !== "" || other.kind === "tool_call") && mayReport(other, intent) && agree(other.verb, intent.verb) && agree(other.resource, intent.resource);
	}
	function foldAct(call, mergedRecord, { children, byAction, byCall }) {
		const tree = treeOf(call, mergedRecord, children);
		for (const record of hooksOf(call, mergedRecord, byCall)) tree.parts.push({
			record,
			parts: []
		});
		const parts = recordsOf(tree).slice(1);
		const intents = (byAction.get(`${call.key.slice(0, 32)} ${call.action}`) ?? []).slice(0, partsMax).flatMap((key) => mergedRecord(key)?.record ?? []).filter((one) => isIntentOf(one, call));
		const all = [call, ...parts];
		const first = (field) => all.map((record) => record[field]).find((text) => text !== "") ?? "";
		const ofResource = all.find((record) => record.resource !== "");
		return {
			key: call.key,
			parts: new Set([...parts, ...intents].map((record) => record.key)),
			...outcomeOf(tree),
			tool: first("tool"),
			verb: first("verb"),
			resource: ofResource?.resource ?? "",
			resource_type: ofResource?.resource_type ?? "",
			arguments_hash: first("arguments_hash")
		};
	}
	function isIntentOf(record, call) {
		return call.action !== "" && record.key !== call.key && record.outcome === "unknown" && endsIntent$1(call, record);
	}
	/** Returns the call with its parts, each below the part that it belongs to. */
	function treeOf(call, mergedRecord, children) {
		const root = {
			record: call,
			parts: []
		};
		if (!isAct(call)) return root;
		const seen = /* @__PURE__ */ new Set([call.key]);
		const below = (key, under, steps) => (children.get(key) ?? []).slice(0, partsMax).map((child) => ({
			child,
			under,
			steps
		}));
		const waiting = below(call.key, root, 1);
		for (const { child, under, steps } of waiting) {
			if (seen.size > partsMax) break;
			const record = mergedRecord(child)?.record;
			if (record === void 0 || seen.has(child) || !between.has(record.kind)) continue;
			seen.add(child);
			const part = isPart(record, call, mergedRecord) ? {
				record,
				parts: []
			} : void 0;
			if (part !== void 0) under.parts.push(part);
			else if (isAct(record)) continue;
			if (steps < stepsMax) waiting.push(...below(child, part ?? under, steps + 1));
		}
		return root;
	}
	function recordsOf({ record, parts }) {
		return [record, ...parts.flatMap(recordsOf)];
	}
	/** True when a call may take a record as a part; across exporters, both must be able to speak for the call's actor. */
	function mayHold(call, record, mergedRecord) {
		return (call.exporter === record.exporter || isBacked(call, ({ parent }) => mergedRecord(parent)?.record)) && mayReport(record, call);
	}
	/** True when a record below a call is part of it, and not an act of its own. */
	function isPart(record, call, mergedRecord) {
		if (!mayHold(call, record, mergedRecord)) return false;
		const isSameCall = haveSameCall(record, call);
		if (isSameCall === false || !agree(record.tool, call.tool)) return false;
		if (!agree(record.resource, call.resource)) return false;
		if (record.kind === "approval") return true;
		if (!isAct(record)) return false;
		if (isServersSide(record, call)) return true;
		if (record.action !== "" && record.action === call.action) return true;
		if (record.tool !== "") return true;
		if (record.resource !== "" && record.resource !== call.resource) return isSameCall === true;
		return record.kind === "tool_call" || isSameCall === true || record.name.startsWith(`${call.name}.`);
	}
	/** True when a server's span (OTLP kind 2) records the request of its client's span (kind 3). */
	function isServersSide(record, call) {
		if (call.span_kind !== "3" || record.span_kind !== "2") return false;
		return record.name === call.name && record.verb === call.verb;
	}
	/** True when two records name the same call; undefined when one of them names none. */
	function haveSameCall(one, other) {
		return one.tool_call !== "" && other.tool_call !== "" ? one.tool_call === other.tool_call : void 0;
	}
	const readers = /* @__PURE__ */ new WeakMap();
	/** Merges and folds the records of some evidence, once for all questions about it. */
	function readActs({ relatedRecords }) {
		const known = readers.get(relatedRecords);
		if (known !== void 0) return known;
		const entitlements = readEntitlements(relatedRecords);
		const merged = /* @__PURE__ */ new Map();
		const mergedRecord = (key) => {
			const versions = relatedRecords.get(key);
			if (versions === void 0) return void 0;
			let found = merged.get(key);
			if (found === void 0) merged.set(key, found = mergeVersions(versions, entitlements));
			return found;
		};
		const reader = {
			mergedRecord,
			fold: foldActs({
				keys: () => relatedRecords.keys(),
				mergedRecord
			})
		};
		readers.set(relatedRecords, reader);
		return reader;
	}
	// packages/query/src/who-did/decide/judge-candidate.ts
	/** Describes a part of an act for an answer: its own fields, and the act's outcome, tool and verb where it has none. */
	function describePart(record, act) {
		const isReportedByItself = record.outcome !== "" && record.outcome !== "unknown";
		return {
			outcome: isReportedByItself ? record.outcome : act.outcome,
			reportedBy: isReportedByItself ? record : act.reportedBy,
			tool: record.tool === "" ? act.tool : record.tool,
			verb: record.verb === "" ? act.verb : record.verb,
			resource: record.resource,
			resource_type: record.resource_type
		};
	}
	/** True when two records name the same actor, or both name nobody. */
	function isSameActor(a, b) {
		return [
			"actor_type",
			"template",
			"instance",
			"user",
			"service"
		].every((field) => a[field] === b[field]);
	}
	/**
	* Returns the rank of an act's backing, 0 for the best. A record that names nobody ranks with an entitled one: a record
	* above it, which is not read here, may name the actor.
	*/
	function backingOf(act) {
		if (act.channel === "unentitled") return 2;
		return act.channel === "unbound" && !namesNobody(act) ? 1 : 0;
	}
	// packages/query/src/who-did/evidence/evidence.ts
	/** The fields are the same for every condition. */
	const listedFields = listedColumns("");
	candidateColumns("");
	/** The most records that one question looks at; one more is read to detect that there are more. */
	const relatedRecordsMax = 4e3;
	/** A text before `openTexts` has looked at it. */
	const unopened = { state: "unread" };
	/** Returns a record as a row gives it: its text is not opened. */
	function readRecord(text) {
		return {
			...readRow(evidenceColumns, text),
			content: "",
			content_state: unopened
		};
	}
	/** Reads rows gathered about an act, whose own have the role `subject`; without one, nothing was found. */
	function readEvidence(rows) {
		const records = [];
		const subjects = [];
		const listed = [];
		const claims = [];
		const textBlocks = /* @__PURE__ */ new Map();
		let isCut = false;
		for (const { role, record: text } of rows) if (role === "claimed") claims.push(readRow(instanceClaimColumns, text));
		else if (role === "listed") listed.push(readRow(listedFields, text));
		else if (role === "text_block") {
			const { ref, sealed } = readRow(textBlockColumns, text);
			textBlocks.set(ref, Buffer.from(sealed, "base64"));
		} else if (role === "cut") isCut = true;
		else if (role === "subject" || role === "kin") {
			const record = readRecord(text);
			records.push(record);
			if (role === "subject") subjects.push(record);
		}
		return {
			...relateRecords(records, {
				claims,
				truncated: isCut || records.length > 4e3,
				subjects
			}),
			textBlocks,
			subject: subjects[0]?.key ?? "",
			listed: listed.toSorted((a, b) => compare(b.ts, a.ts))
		};
	}
	/** Groups records by their keys, and separates the acts that share one. */
	function relateRecords(records, { claims, truncated, subjects }) {
		const found = /* @__PURE__ */ new Map();
		for (const record of records) {
			const versions = found.get(record.key);
			if (versions === void 0) found.set(record.key, [record]);
			else versions.push(record);
		}
		for (const versions of found.values()) versions.sort(byReceipt);
		const { isBacked } = readEntitlements(found);
		const relatedRecords = /* @__PURE__ */ new Map();
		const separate = /* @__PURE__ */ new Map();
		for (const [key, versions] of found) {
			const acts = separateActs(versions, isBacked);
			const own = acts.find((act) => subjects.some((record) => act.includes(record)));
			relatedRecords.set(key, own ?? acts[0] ?? []);
			if (acts.length > 1) separate.set(key, acts);
		}
		return {
			relatedRecords,
			separate,
			instanceClaims: claims.toSorted(byReceipt),
			textBlocks: /* @__PURE__ */ new Map(),
			truncated
		};
	}
	function byReceipt(a, b) {
		return compare(a.received_at, b.received_at);
	}
	function compare(a, b) {
		if (a === b) return 0;
		return a < b ? -1 : 1;
	}
	/** The fields that distinguish acts under the same span ID; an absent value is no difference. */
	const marks = [
		"resource",
		"tool",
		"verb"
	];
	/**
	* Rule `one_span_id_several_acts`: separates the records under one span ID into acts. Forked processes reuse span IDs, and
	* anyone who saw an ID can reuse it. Records that differ in resource, tool or verb are separate acts, each with its versions.
	* One that the instance's own key has signed comes first, then the best backed, then the first received.
	*
	* @param versions in the order of their receipt
	* @param isBacked true when a record's exporter may speak for its actor
	*/
	function separateActs(versions, isBacked) {
		if (versions.length < 2) return [versions];
		const rank = (one) => isAttested(one) ? 0 : isBacked(one) ? 1 : 2;
		const ranked = versions.toSorted((a, b) => rank(a) - rank(b));
		const acts = [];
		for (const version of ranked) {
			const act = acts.find((one) => one.every((other) => isSameAct(version, other)));
			if (act === void 0) acts.push([version]);
			else act.push(version);
		}
		return acts.map((act) => versions.filter((version) => act.includes(version)));
	}
	/** True when two records may describe one act. */
	function isSameAct(a, b) {
		return marks.every((mark) => a[mark] === "" || b[mark] === "" || a[mark] === b[mark]);
	}
	// packages/query/src/who-did/answer/alternatives.ts
	/**
	* Returns other acts on the same handle, newest first. An act with gathered related records is judged as the answer is: as
	* the whole act it is part of, with its inheritance. Any other is judged by its own records' claims, without hints. An intent
	* whose outcome is on record is the same act and is left out; an intent without one stays, with the outcome `unknown`.
	*/
	function listAlternatives(decision, fold, limit) {
		const { evidence, ancestors } = decision;
		const subject = ancestors.records[0];
		const ended = endedActions(evidence.listed);
		const listed = new Set(evidence.listed.map(({ key }) => key));
		const shown = new Set(subject === void 0 ? [] : [fold(subject.key)?.key ?? subject.key]);
		const alternatives = [];
		for (const candidate of evidence.listed) {
			if (alternatives.length >= limit) break;
			if (isSubject(candidate, subject) || isEnded(candidate, ended, evidence)) continue;
			const act = isHeld(candidate, decision) ? fold(candidate.key) : void 0;
			const key = act?.key ?? `${candidate.key} ${candidate.tool} ${candidate.resource}`;
			const isPartOfListed = key !== candidate.key && listed.has(key);
			if (shown.has(key) || isPartOfListed) continue;
			shown.add(key);
			alternatives.push(describeAlternative(candidate, act, decision));
		}
		return alternatives;
	}
	function describeAlternative(candidate, act, decision) {
		const outcome = act?.outcome ?? candidate.outcome;
		return {
			span: candidate.key,
			...act === void 0 ? ownActor(believedVersion(candidate, decision.evidence.listed)) : judgedActor(decision, candidate.key),
			verb: nameOrNull(candidate.verb) ?? "",
			outcome: outcomes.find((known) => known === outcome) ?? null,
			resource: nameOrNull(candidate.resource),
			started_at: toInstant(candidate.ts)
		};
	}
	function isSubject(candidate, subject) {
		return candidate.key === subject?.key && isSameAct(candidate, subject);
	}
	function isHeld(candidate, { evidence }) {
		const [first] = evidence.relatedRecords.get(candidate.key) ?? [];
		return first !== void 0 && isSameAct(first, candidate);
	}
	/** Returns the records that report an outcome, by action ID. */
	function endedActions(listed) {
		const ended = /* @__PURE__ */ new Map();
		for (const action of listed) {
			if (action.action === "" || action.outcome === "unknown") continue;
			ended.set(action.action, [...ended.get(action.action) ?? [], action]);
		}
		return ended;
	}
	function isEnded(candidate, ended, evidence) {
		if (candidate.outcome !== "unknown") return false;
		return (ended.get(candidate.action) ?? []).some((other) => endsIntent(other, candidate, evidence));
	}
	/**
	* Rule `crosses_exporters`: the outcome of the same actor ends an intent, from any exporter that may speak for that actor,
	* else only from the intent's own. The exporter of a record outside the evidence is not known: there the names must
	* suffice, and a record that names nobody ends no intent.
	*/
	function endsIntent(outcome, intent, evidence) {
		if (outcome.channel !== intent.channel || !isSameActor(outcome, intent)) return false;
		if (intent.channel === "entitled") return true;
		const [by, announcedBy] = [exporterOf(outcome, evidence), exporterOf(intent, evidence)];
		return by === void 0 || announcedBy === void 0 ? !namesNobody(intent) : by === announcedBy;
	}
	/** Returns the exporter of an act in the evidence; undefined for one outside it. */
	function exporterOf(act, { relatedRecords, separate }) {
		return (separate.get(act.key)?.flat() ?? relatedRecords.get(act.key) ?? []).find((one) => one.received_at === act.received_at && one.channel === act.channel && isSameActor(one, act) && isSameAct(one, act))?.exporter;
	}
	function judgedActor({ evidence }, key) {
		const { verdict, actorId } = completeDecision(decide({
			...evidence,
			subject: key,
			listed: []
		}));
		return {
			verdict,
			actor: nameOrNull(actorId)
		};
	}
	/** Returns the version that an answer would show of those under one span ID: the best backed, then the first received. */
	function believedVersion(candidate, listed) {
		const [best = candidate] = listed.filter((one) => one.key === candidate.key && isSameAct(one, candidate)).toSorted((a, b) => backingOf(a) - backingOf(b) || (a.received_at < b.received_at ? -1 : 1));
		return best;
	}
	function ownActor(candidate) {
		const type = actorTypes.find((known) => known === candidate.actor_type);
		const actor = type === void 0 || candidate.channel === "unentitled" ? null : ownName(candidate);
		return {
			verdict: type === void 0 || actor === null ? "undetermined" : type,
			actor
		};
	}
	function ownName(candidate) {
		switch (candidate.actor_type) {
			case "agent": {
				const instance = hintRules.has(candidate.instance_rule) ? "" : candidate.instance;
				const template = hintRules.has(candidate.template_rule) ? "" : candidate.template;
				return nameOrNull(instance) ?? nameOrNull(template);
			}
			case "human": return candidate.instance === "" ? nameOrNull(candidate.user) : null;
			default: return nameOrNull(candidate.service);
		}
	}
	// packages/query/src/who-did/answer/shape-act.ts
	/** Returns an answer's fields on the act and on other acts that the handle may name; its reasons and gaps are the act's. */
	function shapeAct(decision, limit) {
		const ancestors = decision.ancestors.records;
		const { fold } = readActs(decision.evidence);
		const act = shownAct(decision, fold);
		const isAct = ancestors[0]?.kind === "tool_call" || ancestors[0]?.kind === "action";
		return {
			reasons: act === void 0 || !isAct ? [] : explainAct(act, decision),
			action: describeAction(ancestors[0], act),
			gaps: act === void 0 ? [] : actGaps(act, isAct),
			credential: describeCredential(ancestors),
			alternatives: listAlternatives(decision, fold, limit)
		};
	}
	/** The act as all its records describe it; when the answer is about a part, the part's own claims come first. */
	function shownAct({ ancestors, evidence }, fold) {
		const [record] = ancestors.records;
		const act = fold(evidence.subject);
		if (record === void 0 || act === void 0) return void 0;
		if (act.key === record.key) return act;
		return {
			key: record.key,
			parts: act.parts,
			...describePart(record, act)
		};
	}
	/** The act itself; null when there is none. */
	function describeAction(subject, act) {
		if (subject === void 0) return null;
		const shown = act ?? subject;
		return {
			id: nameOrNull(subject.action) ?? subject.key,
			span: subject.key,
			verb: nameOrNull(shown.verb) ?? "",
			outcome: outcomes.find((outcome) => outcome === shown.outcome) ?? null,
			outcome_grade: outcomeGrade(act === void 0 ? subject : reportedOutcome(act)),
			tool: nameOrNull(shown.tool),
			resource: shown.resource === "" ? null : {
				id: nameOrNull(shown.resource) ?? "",
				type: nameOrNull(shown.resource_type) ?? ""
			},
			started_at: toInstant(subject.ts),
			ended_at: toInstant(subject.end_ts),
			record_kind: recordKinds.find((kind) => kind === subject.kind) ?? "other",
			exporter: {
				name: nameOrNull(subject.exporter) ?? "",
				entitled: subject.channel === "entitled"
			}
		};
	}
	/** The credential that the act, or the call it was part of, used. */
	function describeCredential(ancestors) {
		const user = ancestors.find((record) => record.credential !== "" && (record.kind === "tool_call" || record.kind === "action"));
		if (user === void 0) return null;
		return {
			id: nameOrNull(user.credential) ?? "",
			type: nameOrNull(user.credential_type),
			subject: nameOrNull(user.credential_subject),
			actor: nameOrNull(user.credential_actor),
			issuer: nameOrNull(user.credential_issuer),
			borrowed: user.credential_borrowed,
			scopes: user.credential_scopes.map((scope) => nameOrNull(scope) ?? "")
		};
	}
	/** The most records of other acts that one reason names. */
	const namedMax = 5;
	/** Returns the reasons that explain how the act was put together. */
	function explainAct(act, { evidence }) {
		return [
			...foldReasons(act),
			...outcomeReason(reportedOutcome(act)),
			...openOutcome(act),
			...sharedSpan(act, evidence),
			...newerUnattributed(evidence)
		];
	}
	/** The most newer acts on the handle that are searched for ones whose sender makes no claim it may make. */
	const newerMax = 16;
	/**
	* Returns newer records on the handle whose senders name an actor without being entitled to, or name nobody. They decide
	* nothing, but the acts they claim may have happened.
	*/
	function newerUnattributed(evidence) {
		const { subject, relatedRecords, listed } = evidence;
		const own = relatedRecords.get(subject)?.[0];
		if (own === void 0 || own.channel === "unentitled") return [];
		const newer = listed.filter(({ ts, key }) => ts > own.ts && key !== subject).slice(0, newerMax).filter((act) => isUnattributed(act, evidence));
		const [first] = newer;
		if (first === void 0) return [];
		return [{
			code: "newer_act_not_entitled",
			text: `${newer.length === 1 ? "A newer record comes from an exporter" : `${newer.length} newer records come from exporters`} that may not say who acted there: what was done then, and by whom, is not decided here. See the alternatives.`,
			span: first.key
		}];
	}
	function isUnattributed(act, evidence) {
		if (act.channel !== "unbound") return act.channel === "unentitled";
		if (!evidence.relatedRecords.has(act.key)) return act.actor_type === "";
		return decide({
			...evidence,
			subject: act.key,
			listed: []
		}).verdict === "undetermined";
	}
	/** Returns the act's outcome with its record, which may use other words: an approval gives a decision. */
	function reportedOutcome({ key, reportedBy, outcome }) {
		if (reportedBy === void 0) return {
			key,
			outcome: "",
			outcome_rule: "",
			channel: ""
		};
		const { outcome_rule, channel } = reportedBy;
		return {
			key: reportedBy.key,
			outcome,
			outcome_rule,
			channel
		};
	}
	function foldReasons({ key, reportedBy, outcome }) {
		if (reportedBy === void 0 || reportedBy.key === key) return [];
		return [{
			code: "outcome_of_part",
			text: `That it ended as ${outcome} is told by another record of the same act, ${nameOrNone(reportedBy.name)}.`,
			span: reportedBy.key
		}];
	}
	function openOutcome({ key, outcome }) {
		if (outcome === "unknown") return [{
			code: "outcome_unknown",
			text: "The act was announced, and its outcome never arrived: it may or may not have happened.",
			span: key
		}];
		return outcome === "" ? [{
			code: "outcome_not_recorded",
			text: "The record does not say how the act ended.",
			span: key
		}] : [];
	}
	function sharedSpan({ key }, { separate, relatedRecords }) {
		const own = relatedRecords.get(key)?.[0];
		const others = (separate.get(key) ?? []).flatMap(([first]) => first !== void 0 && own !== void 0 && !isSameAct(first, own) ? [first] : []);
		if (others.length === 0) return [];
		return [{
			code: "shared_span_id",
			text: `Another act is recorded under the same span ID: ${others.slice(0, namedMax).map((record) => {
				const what = record.resource === "" ? record.tool : record.resource;
				return `${nameOrNone(record.verb)} ${nameOrNone(what)} (exporter "${nameOrNone(record.exporter)}")`;
			}).join("; ")}. Ask about what it touched to see it.`,
			span: key
		}];
	}
	/** Returns the gap for an act whose record does not say how it ended. */
	function actGaps({ key, outcome }, isAct) {
		if (!isAct || outcome !== "" && outcome !== "unknown") return [];
		return [{
			code: "outcome_not_recorded",
			text: outcome === "unknown" ? "The outcome of the act, which was announced, is not on record." : "How the act ended is not on record.",
			span: key
		}];
	}
	/**
	* Returns the grade of an act's outcome: `channel` where an exporter that may speak for the actor claims it, `asserted` where
	* another claims it, `inferred` where the collector derived it by a rule, `none` where nothing is on record.
	*/
	function outcomeGrade({ outcome, outcome_rule, channel }) {
		if (!outcomes.some((known) => known === outcome)) return "none";
		if (isRule(outcome_rule)) return "inferred";
		return channel === "entitled" ? "channel" : "asserted";
	}
	/** Returns the reason that names the rule which derived an act's outcome; none where the record gives its outcome. */
	function outcomeReason(subject) {
		if (outcomeGrade(subject) !== "inferred") return [];
		const { key, outcome, outcome_rule: rule } = subject;
		return [{
			code: "outcome_inferred",
			text: `The outcome ${outcome} was derived by the rule ${rule}: ${whyOfRule.get(rule) ?? (rule.startsWith("status_unset_") ? whyUnset : whyOther)}.`,
			span: key
		}];
	}
	const whyUnset = "the span ended and carries neither the status ERROR nor an error type, with which its vocabulary marks what failed; whether the act had its effect is not said";
	const whyOther = "the collector that recorded it knew this rule, and the record itself says none";
	const whyOfRule = /* @__PURE__ */ new Map([
		["status_ok", "the status of the span is OK, and nothing on the record speaks of a failure"],
		["result_present", "a result came back, and nothing on the record speaks of a failure"],
		["result_is_error", "the result’s own text says that the call failed"],
		["exception_event", "an exception stands on the span, and no status says that the act came through"]
	]);
	/** In a record older than the rules, the sender wrote the value under their key, and it may be anything. */
	function isRule(text) {
		return /^[a-z][a-z_]{0,63}$/u.test(text);
	}
	// packages/query/src/who-did/decide/lineage.ts
	/** The maximum number of instances followed; a longer line is a loop. */
	const ancestorsMax = 64;
	/**
	* Returns the acting instance and its ancestors, nearest first: by the parent that each names, else by the grant it
	* works under, as far as the record reaches. Ends at a cycle. Empty when no instance is known.
	*/
	function lineageOf(decision) {
		const parents = claimedParents(decision);
		addGivers(decision, parents);
		const line = [];
		let instance = decision.claimedInstance;
		while (instance !== "" && !line.includes(instance) && line.length < ancestorsMax) {
			line.push(instance);
			instance = parents.get(instance) ?? "";
		}
		return line;
	}
	function claimedParents(decision) {
		const parents = /* @__PURE__ */ new Map();
		for (const key of decision.evidence.relatedRecords.keys()) {
			const record = decision.mergedRecord(key)?.record;
			if (record === void 0 || record.channel === "unentitled" || record.instance === "") continue;
			const parent = parentOf(record);
			if (parent !== "" && !parents.has(record.instance)) parents.set(record.instance, parent);
			record.delegation_chain.slice(1).forEach((id, index, chain) => {
				const next = chain[index + 1];
				if (next !== void 0 && !parents.has(next)) parents.set(next, id);
			});
		}
		return parents;
	}
	/** Adds the giver of a grant as the parent of its holder when the holder names none. */
	function addGivers(decision, parents) {
		let holder = "";
		for (const { record, joinedBy } of decision.path) {
			const { instance } = record;
			if (instance === "" || record.channel === "unentitled") continue;
			if (joinedBy === "delegation" && holder !== "" && holder !== instance && !parents.has(holder)) parents.set(holder, instance);
			holder = instance;
		}
	}
	// packages/query/src/who-did/answer/describe-actors.ts
	/** Returns the actors, their roles, and the party on whose behalf they acted. */
	function describeActors(decision) {
		return {
			actor: describeActor(decision),
			agent: describeAgent(decision),
			delegator: describeDelegator(decision),
			delegation_chain: describeDelegation(decision)
		};
	}
	function describeActor(decision) {
		const { verdict, actorId } = decision;
		if (verdict === "undetermined") return null;
		return {
			type: verdict,
			id: nameOrNull(actorId) ?? "",
			grade: actorGrade(decision)
		};
	}
	function describeAgent(decision) {
		if (decision.verdict !== "agent") return null;
		const { template, instance, claimSources } = decision;
		return {
			template: template === "" ? null : {
				id: nameOrNull(template) ?? "",
				name: nameOrNull(claimSources.template?.template_name ?? ""),
				version: nameOrNull(claimSources.template?.template_version ?? "")
			},
			instance: instance === "" ? null : {
				id: nameOrNull(instance) ?? "",
				parent_id: nameOrNull(claimSources.instance?.instance_parent ?? ""),
				identity_id: nameOrNull(claimSources.instance?.identity ?? "")
			},
			grade: actorGrade(decision)
		};
	}
	function describeDelegator(decision) {
		if (decision.delegator === "") return null;
		return {
			id: nameOrNull(decision.delegator) ?? "",
			type: delegatorTypes.find((type) => type === decision.delegatorType) ?? "human",
			issuer: nameOrNull(decision.claimSources.delegator?.delegator_issuer ?? ""),
			grade: decision.grades.delegator
		};
	}
	function actorGrade({ verdict, instance, grades }) {
		if (verdict !== "agent") return grades.actor;
		return instance === "" ? grades.template : grades.instance;
	}
	/** The most agents shown; a longer chain is a loop and no delegation. */
	const agentsMax = 64;
	/**
	* Returns the hops of the task, human first and actor last. They are the acting record's own `whodid.delegation.chain`;
	* without one, its delegator and the agents among its ancestors. An agent without a named instance is a hop too, by its
	* template. Empty when nobody is determined.
	*/
	function describeDelegation(decision) {
		const { verdict, grade, actorId, claimSources, delegator, grades } = decision;
		if (verdict === "undetermined") return [];
		if (verdict !== "agent") return [{
			type: verdict,
			id: nameOrNull(actorId) ?? "",
			template: null,
			grade
		}];
		const said = decision.doubt === "" ? claimSources.instance?.delegation_chain ?? [] : [];
		const templates = templatesByInstance(decision);
		const hops = said.length > 0 ? saidHops(said, decision, templates) : [...delegator === "" ? [] : [{
			instance: delegator,
			template: ""
		}], ...agentsOutwards(decision, templates).toReversed()];
		const isFirst = (index) => said.length > 0 && index === 0 && hops.length > 1;
		return hops.map(({ instance, template }, index) => {
			const id = instance === "" ? template : instance;
			const isDelegator = id === delegator;
			const type = isDelegator ? delegatorType(decision) : isFirst(index) ? "unknown" : "agent";
			return {
				type,
				id: nameOrNull(id) ?? "",
				template: type === "agent" ? nameOrNull(template) : null,
				grade: isDelegator ? grades.delegator : instance === "" ? grades.template : grades.instance
			};
		});
	}
	/** The chain as the acting record gives it. It ends with the actor, even where the record leaves the actor out. */
	function saidHops(said, { instance, template }, templates) {
		const hops = said.map((id) => ({
			instance: id,
			template: templates.get(id) ?? ""
		}));
		return said.at(-1) === instance ? hops : [...hops, {
			instance,
			template
		}];
	}
	/** Returns the acting agent and the agents above it, nearest first, as the ancestors and the lineage name them. */
	function agentsOutwards(decision, templates) {
		const hops = [{
			instance: decision.instance,
			template: decision.template
		}];
		for (const { record, joinedBy } of decision.path) {
			if (record.actor_type === "human" || record.actor_type === "service" || joinedBy === "correlation") break;
			const hop = agentOf$1(record);
			if (hop !== void 0 && !isSame(hops.at(-1), hop)) hops.push(hop);
		}
		const line = decision.doubt === "" ? lineageOf(decision) : [];
		line.forEach((instance, index) => {
			if (hops.some((hop) => hop.instance === instance)) return;
			const below = hops.findLastIndex((hop) => hop.instance === line[index - 1]);
			const hop = {
				instance,
				template: templates.get(instance) ?? ""
			};
			hops.splice(below < 0 ? hops.length : below + 1, 0, hop);
		});
		return hops.slice(0, agentsMax);
	}
	function agentOf$1(record) {
		if (record.actor_type !== "agent" || record.channel === "unentitled") return void 0;
		const strength = claimStrength(record, "template");
		const template = strength === "said" || strength === "read" ? record.template : "";
		const isInstance = record.instance !== "" && claimStrength(record, "instance") !== "hinted";
		return isInstance || template !== "" ? {
			instance: isInstance ? record.instance : "",
			template
		} : void 0;
	}
	/** True when a record farther out names the same agent: the same instance, or one of the two names less. */
	function isSame(last, hop) {
		if (last === void 0) return false;
		if (last.instance !== "" && hop.instance !== "") return last.instance === hop.instance;
		return last.template === hop.template || hop.template === "" || last.template === "";
	}
	function templatesByInstance({ evidence, mergedRecord }) {
		const templates = /* @__PURE__ */ new Map();
		for (const key of evidence.relatedRecords.keys()) {
			const record = mergedRecord(key)?.record;
			if (record !== void 0 && record.template !== "" && !templates.has(record.instance)) templates.set(record.instance, record.template);
		}
		return templates;
	}
	function delegatorType(decision) {
		const type = delegatorTypes.find((known) => known === decision.delegatorType);
		return type === void 0 || type === "none" ? "unknown" : type;
	}
	// packages/query/src/who-did/answer/describe-origin.ts
	/** Describes an act's origin: the prompts, the plan, the chain and the inputs that were read before. */
	function describeOrigin(decision) {
		const isOwnAct = decision.verdict === "human" || decision.verdict === "service";
		const prompts = followPrompts(decision);
		const plan = findPlan(decision);
		const { hops, leftOut } = buildChain(decision, prompts, plan.plan);
		const { inputs, leftOut: inputsLeftOut } = listInputs(decision);
		return {
			...describePrompts(decision, prompts),
			plan: describePlan(decision, plan),
			chain: hops,
			inputs,
			way: {
				prompts,
				plan,
				leftOut,
				inputsLeftOut,
				needsPrompt: !isOwnAct
			}
		};
	}
	/** The most outermost hops shown, where the act began; the nearest hops, where it ended, are shown too. */
	const outermostMax = 56;
	const nearestMax = 200;
	/**
	* The hops from the root to the action: the ancestors in the order of their nesting, and the action last. Between them, each
	* before the first hop that started later, are the prompts, the records of their text, and their plan where these are not
	* ancestors.
	*/
	function buildChain({ path }, { prompts, textSource }, plan) {
		const [subject, ...outwards] = path;
		if (subject === void 0) return {
			hops: [],
			leftOut: 0
		};
		const hops = outwards.toReversed();
		hops.push(subject);
		const onPath = new Set(path.map(({ record }) => record.key));
		const onWay = /* @__PURE__ */ new Set([...path.map(({ record }) => record.key), ...prompts.map((p) => p.key)]);
		const beside = [
			...(textSource !== void 0 && !onWay.has(textSource.key) ? [textSource] : []).map((record) => ({
				record,
				joinedBy: "prompt_text"
			})),
			...prompts.map((record) => ({
				record,
				joinedBy: "prompt_ref"
			})),
			...plan === void 0 ? [] : [{
				record: plan,
				joinedBy: "plan_ref"
			}]
		].filter(({ record }) => !onPath.has(record.key));
		for (const hop of beside) {
			const later = hops.findIndex(({ record }) => record.ts > hop.record.ts);
			hops.splice(later < 0 ? hops.length - 1 : later, 0, hop);
		}
		const leftOut = Math.max(hops.length - outermostMax - nearestMax, 0);
		if (leftOut > 0) hops.splice(outermostMax, leftOut);
		return {
			hops: hops.map(({ record, joinedBy }) => toHop(record, joinedBy)),
			leftOut
		};
	}
	function toHop(record, joinedBy) {
		return {
			span: record.key,
			record_kind: recordKinds.find((kind) => kind === record.kind) ?? "other",
			name: nameOrNull(record.name) ?? "",
			instance: nameOrNull(record.instance),
			template: nameOrNull(record.template),
			tool: nameOrNull(record.tool),
			outcome: outcomes.find((outcome) => outcome === record.outcome) ?? null,
			resource: nameOrNull(record.resource),
			started_at: toInstant(record.ts),
			ended_at: toInstant(record.end_ts),
			joined_by: joinedBy
		};
	}
	/**
	* Finds the plan that the subject, or its nearest ancestor with one, names. A prompt that begins a task ends the search: the
	* plan that its own record names is the plan of the task before.
	*/
	function findPlan(decision) {
		const ref = firstPlanRef(decision);
		if (ref === "") return {
			plan: void 0,
			missingRef: ""
		};
		const plan = decision.mergedRecord(ref)?.record;
		return {
			plan,
			missingRef: plan === void 0 ? ref : ""
		};
	}
	/** Returns the plan as the answer shows it; `step` is that of the nearest record that follows it. */
	function describePlan({ path }, { plan }) {
		if (plan === void 0) return null;
		const follower = path.find(({ record }) => record.plan_ref === plan.key);
		const step = Number(follower?.record.plan_step ?? -1);
		return {
			span: plan.key,
			step: step < 0 ? null : step,
			text: textOrNull$1(plan.content),
			hash: plan.plan_hash === "" ? null : plan.plan_hash
		};
	}
	function firstPlanRef({ path }) {
		for (const { record } of path) {
			if (record.kind === "plan") return record.key;
			if (record.kind === "prompt" && initiates(record)) return "";
			if (record.plan_ref !== "") return record.plan_ref;
		}
		return "";
	}
	/** Returns the prompts as the answer shows them: the one that began the task, and the nearest where that is another. */
	function describePrompts(decision, promptPath) {
		const [nearest] = promptPath.prompts;
		const isOther = nearest !== void 0 && nearest !== promptPath.initiating;
		return {
			prompt: describePrompt(decision, promptPath.initiating),
			nearest_prompt: isOther ? describePrompt(decision, nearest) : null
		};
	}
	function describePrompt(decision, prompt) {
		if (prompt === void 0) return null;
		return {
			span: prompt.key,
			origin: promptOrigins.find((origin) => origin === prompt.prompt_origin) ?? "unknown",
			text: textOrNull$1(findPromptText(decision, prompt).content),
			hash: prompt.prompt_hash === "" ? null : prompt.prompt_hash,
			grade: promptGrade(decision, prompt)
		};
	}
	function promptGrade({ path, ancestors }, prompt) {
		const [subject] = ancestors.records;
		if (subject === void 0) return "none";
		const channels = [subject.channel, prompt.channel];
		if (channels.includes("unentitled")) return "contradicted";
		const isSaid = subject.prompt_ref !== "" || subject.kind === "prompt";
		const isJoined = path.some((hop) => hop.record.key === prompt.key && hop.joinedBy === "correlation");
		if (!isSaid || isJoined) return "inferred";
		return channels.includes("unbound") ? "asserted" : "channel";
	}
	/** The most inputs shown in one answer. */
	const inputsMax = 200;
	/**
	* Returns the inputs that entered the context of the acting instance, of one it descends from, or of the act's agent run,
	* before the act. Only records of senders that may speak for the actor, or for one that its records name, count.
	*/
	function listInputs(decision) {
		const [subject] = decision.ancestors.records;
		if (subject === void 0) return {
			inputs: [],
			leftOut: 0
		};
		const lineage = new Set(lineageOf(decision));
		const amongAncestors = new Set(decision.ancestors.records.map((record) => record.key));
		const inRun = recordsOfRun(decision);
		const isOfAct = (record) => lineage.has(record.instance) || amongAncestors.has(record.key) || (record.instance === "" || lineage.size === 0) && inRun(record);
		const ofAct = admittedRecords(decision).filter((record) => record.input_source !== "" && record.ts <= subject.ts).filter(isOfAct);
		const readings = new Map(ofAct.map((one) => [one.key, `${one.input_trust} ${one.input_source}`]));
		const found = ofAct.filter((record) => !isReportedAbove(record, readings, decision)).toSorted((a, b) => a.ts === b.ts ? 0 : a.ts < b.ts ? -1 : 1);
		const untrusted = found.filter(isUntrusted).slice(-200);
		const room = inputsMax - untrusted.length;
		const others = room === 0 ? [] : found.filter((record) => !isUntrusted(record)).slice(-room);
		const shown = [...untrusted, ...others];
		return {
			inputs: shown.map(toInput),
			leftOut: found.length - shown.length
		};
	}
	/** The most records above an input that are searched for the same reading. */
	const aboveInputMax = 16;
	/**
	* True when a record above, also among the readings, reports the same with the same trust: the client's and the server's
	* record of one. In a circle of parents no record is above the other.
	*/
	function isReportedAbove(record, readings, { mergedRecord }) {
		let nearest;
		let above = mergedRecord(record.parent)?.record;
		for (let step = 0; step < aboveInputMax && above !== void 0; step += 1) {
			if (above.key === record.key) return false;
			if (above.input_source !== "") nearest ??= above;
			above = mergedRecord(above.parent)?.record;
		}
		return nearest !== void 0 && readings.get(nearest.key) === readings.get(record.key);
	}
	function admittedRecords({ evidence, mergedRecord, ancestors }) {
		const amongAncestors = ancestors.records.filter(({ input_source: source }) => source !== "");
		const around = [...evidence.relatedRecords.keys()].flatMap((key) => mergedRecord(key)?.record ?? []);
		return [.../* @__PURE__ */ new Set([...amongAncestors, ...around])].filter(({ channel }) => channel !== "unentitled");
	}
	function isUntrusted(record) {
		return record.input_trust === "untrusted";
	}
	function toInput(record) {
		return {
			span: record.key,
			source: nameOrNull(record.input_source) ?? "",
			trust: inputTrusts.find((trust) => trust === record.input_trust) ?? "unknown",
			hash: nameOrNull(record.input_hash),
			instance: nameOrNull(record.instance),
			read_at: toInstant(record.ts)
		};
	}
	/** Records that begin a run of an agent. */
	const runKinds = /* @__PURE__ */ new Set(["prompt", "session"]);
	/**
	* Returns the test for records of the act's agent run: their nearest run above is the same one. The search upwards follows
	* the act's rule: only through records of the act's own exporters.
	*/
	function recordsOfRun({ ancestors, mergedRecord }) {
		const run = ancestors.records.find((record) => runKinds.has(record.kind));
		if (run === void 0) return () => false;
		const runOf = /* @__PURE__ */ new Map();
		return (record) => {
			const passed = [];
			let at = record;
			let found = "";
			while (at !== void 0) {
				const known = runOf.get(at.key);
				if (known !== void 0 || runKinds.has(at.kind)) {
					found = known ?? at.key;
					break;
				}
				passed.push(at.key);
				runOf.set(at.key, "");
				at = at.parent === "" ? void 0 : mergedRecord(at.parent)?.record;
			}
			for (const key of passed) runOf.set(key, found);
			return found === run.key;
		};
	}
	// packages/query/src/who-did/answer/seal-reasons.ts
	/** Returns the reason that tells of a record's seal, or of the token that it names; undefined where it has neither. */
	function sealReason(record) {
		const { seal_result: result, seal_claims: claims } = record;
		const backed = claims.split(" ").join(", ");
		const [key, token] = [nameOrNone(record.seal_key), nameOrNone(record.seal_token)];
		if (result === "verified" && claims !== "") return {
			code: "instance_sealed",
			text: `The instance’s own key ${key} has signed the record (seal ${nameOrNone(record.seal)}), and its token ${token} says the same of: ${backed}.`
		};
		if (result === "unsealed" && claims !== "") return {
			code: "token_names_instance",
			text: `The sender has proven to hold the key of the instance token ${token}, which says the same of: ${backed}. The record itself is not signed.`
		};
		if (result === "verified") return {
			code: "seal_not_verified",
			text: backsNothing
		};
		const why = whyNotVerified.get(result);
		return why === void 0 ? void 0 : {
			code: "seal_not_verified",
			text: why
		};
	}
	/** Returns the reason for a record that its own seal contradicts; undefined for any other. */
	function sealContradiction(record) {
		const why = whyContradicted.get(record?.seal_result ?? "");
		if (record === void 0 || why === void 0) return void 0;
		const seal = nameOrNull(record.seal);
		return {
			code: "seal_contradicts",
			text: `${why}${seal === null ? "" : ` (seal ${seal})`}.`
		};
	}
	const whyContradicted = /* @__PURE__ */ new Map([
		["mismatch", "The record is not what the instance signed: it was changed, or the seal does not cover it"],
		["bad_signature", "The record names a seal that the key of its token did not sign"],
		["other_instance", "The record was signed by another instance than the one that it names"],
		["other_delegator", "The record names another person than the instance’s own token does"]
	]);
	const unproven = "its claims are as good as its sender";
	const backsNothing = `The instance has signed the span, but the seal does not cover all that the record says: it names no instance of an agent itself, or a part of it came from elsewhere (the resource, or an attribute that is not signed): ${unproven}.`;
	const whyNotVerified = /* @__PURE__ */ new Map([
		["malformed", `The record names a seal that is none: ${unproven}.`],
		["unknown_key", `The record names a key or a token that was not registered: ${unproven}.`],
		["other_token", `The record names a token of another instance, or one that another sender registered: ${unproven}.`],
		["wrong_time", `The seal of the record is of another time than its token: ${unproven}.`],
		["expired", `The instance token had ended when the record came: ${unproven}.`],
		["revoked", `The instance was stopped when its record came: ${unproven}.`],
		["replayed", `The seal of the record bears a number that another seal had before: ${unproven}.`],
		["too_many", `The record came with more seals than are verified at once: ${unproven}.`],
		["absent", `The record names a seal that did not come with it: ${unproven}.`]
	]);
	// packages/query/src/who-did/answer/deciding-reason.ts
	/** Returns the reason that decided the verdict, or that kept it undecided. */
	function decidingReason(question, decision) {
		if (decision.contradiction !== "") return contradictionReason(decision);
		const actor = nameOrNull(decision.actorId) ?? "";
		const isOwn = decision.claimSources.actor?.key === decision.ancestors.records[0]?.key;
		const record = isOwn ? "The record" : "A record that the act stands under";
		switch (decision.verdict) {
			case "agent": return agentReason(decision, actor);
			case "human": return {
				code: "human_on_record",
				text: isOwn ? `The record says that ${actor} acted, with no agent in between.` : `${record} says that ${actor} acted; the act’s own record names nobody.`
			};
			case "service": return {
				code: "service_on_record",
				text: `${record} says that the service ${actor} acted; it is no agent.`
			};
			case "undetermined": return decision.ancestors.records.length > 0 ? unnamedReason(decision) : notFoundReason(question, decision);
		}
	}
	function agentReason({ instance, claimSources, ancestors }, actor) {
		const subject = ancestors.records[0]?.key;
		if (instance !== "") return {
			code: "instance_on_record",
			text: claimSources.instance?.key === subject ? `The record names the running instance ${actor}.` : `A record that the act stands under names the running instance ${actor}.`
		};
		if (isServiceName(claimSources.template)) return {
			code: "template_on_record",
			text: `The records say that an agent acted, and of which one only that it runs in the service ${actor}.`
		};
		return {
			code: "template_on_record",
			text: `${claimSources.template?.key === subject ? "The record" : "Another record"} names the agent ${actor}; the running instance is not known.`
		};
	}
	/** True when the agent's only name is the name of the service that it runs in. */
	function isServiceName(template) {
		return template?.template_rule === "resource.service_name";
	}
	/** Returns the reason why the instance is open though the template is known; undefined when it is not in doubt. */
	function doubtReason(decision) {
		const { doubt, contradicting, rival, simultaneous } = decision;
		const [first] = contradicting;
		switch (doubt) {
			case "": return;
			case "instance_of_another_template": return {
				code: "instance_of_another_template",
				text: `The instance ${nameOrNone(first?.instance)} is claimed twice: as one of ${nameOrNone(first?.template)} by the exporter "${nameOrNone(first?.exporter)}", and as one of ${nameOrNone(rival?.template)} by "${nameOrNone(rival?.exporter)}". Neither is believed; the template is that of the act’s own records.`
			};
			case "simultaneous_actions": return {
				code: "simultaneous_actions",
				text: `${describeClaim(first)} and another instance of the same template (${nameOrNone(simultaneous?.instance)}, ${simultaneous?.key ?? ""}) acted at the very same instant: which of the two came last is not on record.`
			};
			case "conflicting_identity": return {
				code: "conflicting_identity",
				text: `Records of this act agree on the template and name two instances: ${claimsOf(contradicting)}. None of the two is believed.`
			};
		}
	}
	function claimsOf(records) {
		return [...new Set(records.map(describeClaim))].join("; ");
	}
	function contradictionReason(decision) {
		const { contradiction, contradicting, simultaneous } = decision;
		const [first] = contradicting;
		switch (contradiction) {
			case "exporter_not_entitled": return sealContradiction(first) ?? {
				code: "exporter_not_entitled",
				text: `The exporter "${nameOrNone(first?.exporter)}" may not speak for the actor that it names: ${describeClaim(first)}.`
			};
			case "simultaneous_actions": return {
				code: "simultaneous_actions",
				text: `${describeClaim(first)} and somebody else (${simultaneous?.key ?? ""}) acted at the very same instant: which of the two came last is not on record.`
			};
			case "":
			case "conflicting_identity": return {
				code: "conflicting_identity",
				text: `Records of this act disagree on who acted: ${claimsOf(contradicting)}. All are kept, none is believed.`
			};
		}
	}
	/** Describes a record's claim on the actor in a few words. */
	function describeClaim(record) {
		if (record === void 0) return "nobody";
		const { actor_type: type, instance, template, user, service, delegator } = record;
		if (type === "human" && instance === "") return `human ${nameOrNone(user)}`;
		if (type === "service") return `service ${nameOrNone(service)}`;
		const behalf = delegator === "" ? "" : ` for ${nameOrNone(delegator)}`;
		return `${type === "" ? "actor" : type} instance ${nameOrNone(instance)} of ${nameOrNone(template)}${behalf}`;
	}
	const notUnderstood = {
		code: "vocabulary_not_understood",
		text: "Records exist for this handle, in a vocabulary that is not understood: who acted in them is not known."
	};
	/** Returns the reason why a record above the act is not admitted. */
	function notAdmittedReason({ record, exporter }, subject) {
		const [of, by] = [nameOrNone(record.exporter), nameOrNone(exporter)];
		const claim = record.actor_type === "" ? "nobody" : describeClaim(record);
		return {
			code: "not_entitled_to_inherit",
			text: exporter === record.exporter ? `The exporter "${of}" supplied a record above the act that names ${claim}, and may not speak for the actor of a record of "${nameOrNone(subject.exporter)}": it is kept, and settles nothing.` : `The exporter "${by}" put the act under a record of "${of}" that names ${claim}, and may not speak for that actor: it is kept, and settles nothing.`
		};
	}
	function unnamedReason(decision) {
		const { ancestors, evidence, notAdmitted } = decision;
		if (isForeign(decision)) return notUnderstood;
		const [subject] = ancestors.records;
		if (notAdmitted !== void 0 && notAdmitted.record.actor_type !== "" && subject !== void 0) return notAdmittedReason(notAdmitted, subject);
		if (ancestors.records.some((record) => record.actor_type !== "")) return {
			code: "no_actor_identity",
			text: "The record says what kind of actor it was, and not which one."
		};
		if (evidence.truncated && ancestors.missingParent !== "") return {
			code: "evidence_truncated",
			text: "More records surround the act than one question looks at, and those that were looked at do not say who acted."
		};
		if (ancestors.missingParent !== "") return {
			code: "no_actor_claim",
			text: "The record of the act says nothing of who acted, and the records it stands under are missing or say nothing either."
		};
		return {
			code: "no_actor_claim",
			text: "The record of the act says nothing of who acted, and neither do the records it stands under."
		};
	}
	function notFoundReason(question, { evidence }) {
		const { listed } = evidence;
		if (isUnread(evidence)) return notUnderstood;
		if (evidence.truncated) return {
			code: "evidence_truncated",
			text: "More acts are recorded than one question looks at, and the verdict may concern none of those that were looked at: ask about a shorter time."
		};
		if (listed.length === 0) return {
			code: "no_record",
			text: "No action is recorded for this handle. Absence of a record is no evidence of a human."
		};
		const { fold } = readActs(evidence);
		const isOpen = ({ key, outcome }) => outcome === "unknown" && (fold(key)?.outcome ?? outcome) === outcome;
		if (listed.some(isOpen)) return {
			code: "outcome_unknown",
			text: "An intent is recorded whose outcome never arrived: the act may or may not have happened. See the alternatives."
		};
		return {
			code: "no_successful_action",
			text: `Records exist, and no successful ${question.verb === null ? "action other than a read" : `action with the verb "${question.verb}"`} is among them. See the alternatives.`
		};
	}
	/** True when the handle names records, but no act and no record that is understood. */
	function isUnread({ subject, relatedRecords, listed }) {
		if (subject !== "" || listed.length > 0 || relatedRecords.size === 0) return false;
		return [...relatedRecords.values()].flat().every((record) => !isUnderstood(record));
	}
	/** True when neither the record asked about nor its ancestors are understood. */
	function isForeign({ ancestors }) {
		return ancestors.records.length > 0 && ancestors.records.every((record) => !isUnderstood(record));
	}
	/** A record that matches no vocabulary has the kind `other`, no actor and no names. */
	function isUnderstood(record) {
		return record.kind !== "other" || record.actor_type !== "" || record.tool !== "" || record.resource !== "" || record.verb !== "";
	}
	// packages/query/src/who-did/answer/explain-verdict.ts
	/** The most sources of untrusted content named in one reason; the inputs list them all. */
	const sourcesMax = 5;
	/**
	* Returns the reasons of the verdict: first the deciding one, then each rule that was used, then the facts that a responder
	* should weigh as well.
	*/
	function explainVerdict(question, decision, inputs) {
		const [subject] = decision.ancestors.records;
		const span = subject?.key ?? null;
		const deciding = {
			...decidingReason(question, decision),
			span
		};
		if (subject === void 0) return [deciding];
		const recorded = [deciding, ...versionReasons(decision, subject)];
		if (decision.verdict === "undetermined") return recorded;
		const beside = [
			doubtReason(decision),
			inheritedReason(decision, subject),
			inferredReason(decision, subject),
			serviceReason(decision),
			notAdmittedClaim(decision, subject),
			exporterReason(decision, subject),
			sealReason(subject),
			delegatorReason(decision),
			credentialReason(subject)
		];
		return [
			...recorded,
			...beside.flatMap((reason) => reason === void 0 ? [] : [{
				span,
				...reason
			}]),
			...overwrittenReasons(decision),
			...joinReasons(decision),
			...untrustedReason(decision, inputs)
		];
	}
	/** Returns the reasons that name the other records under the subject's span ID. */
	function versionReasons({ mergedRecord }, { key }) {
		const found = mergedRecord(key);
		if (found === void 0) return [];
		const reasons = found.setAside.map((record) => ({
			code: "unentitled_claim_set_aside",
			text: record.channel === "unentitled" ? `The exporter "${nameOrNull(record.exporter) ?? ""}" claims the same span for ${describeClaim(record)}, and may not speak for that actor: kept, and not believed.` : `The exporter "${nameOrNull(record.exporter) ?? ""}" claims the same span for ${describeClaim(record)}; a record that is better backed, or came first, goes before it: kept, and not believed.`,
			span: key
		}));
		if (found.differsInContent) reasons.push({
			code: "conflicting_content",
			text: "Records under the span of this act agree on who acted and differ in what they say was done; the first that was received is shown.",
			span: key
		});
		return reasons;
	}
	/** Returns the reason that names the record whose claim decides the actor, where that is not the act's own. */
	function inheritedReason(decision, subject) {
		const { claimSources, verdict, ancestors, claimedInstance } = decision;
		const claimSource = verdict === "agent" ? claimSources.instance ?? claimSources.template : claimSources.actor;
		if (claimSource === void 0 || claimSource.key === subject.key || decision.isNamedBySteps === true) return void 0;
		const from = `of the exporter "${nameOrNull(claimSource.exporter) ?? ""}"`;
		const named = describeClaim(claimSource);
		if (ancestors.records.some(({ key }) => key === claimSource.key)) return {
			code: "inherited_from_ancestor",
			text: `The act’s own record, of the exporter "${nameOrNull(subject.exporter) ?? ""}", does not say who acted in full; the record ${claimSource.key} ${from}, which it stands under, names ${named}.`,
			span: claimSource.key
		};
		return claimedInstance !== "" && claimSource.instance === claimedInstance ? {
			code: "same_instance",
			text: `The record ${claimSource.key} ${from} names the template of the same instance: ${named}.`,
			span: claimSource.key
		} : {
			code: "enclosing_agent_run",
			text: `The record above the act is missing; the only agent run of its trace, ${claimSource.key} ${from}, was under way when it happened, and names ${named}. That the act belongs to it is inferred.`,
			span: claimSource.key
		};
	}
	function serviceReason({ verdict, claimSources }) {
		if (verdict !== "agent" || !isServiceName(claimSources.template)) return void 0;
		return {
			code: "named_by_service",
			text: `No record names the agent itself; that it runs in the service ${nameOrNull(claimSources.template?.template ?? "") ?? ""} is all that is known of it.`
		};
	}
	/** Returns the reason for a claim above the act whose exporter may not speak for the actor. */
	function notAdmittedClaim({ notAdmitted }, subject) {
		if (notAdmitted === void 0) return void 0;
		const { record } = notAdmitted;
		return record.actor_type !== "" || record.delegator !== "" || record.kind === "prompt" ? {
			...notAdmittedReason(notAdmitted, subject),
			span: record.key
		} : void 0;
	}
	function inferredReason(decision, subject) {
		const claimSource = decision.claimSources.instance ?? decision.claimSources.template;
		if (decision.verdict !== "agent" || claimSource === void 0) return void 0;
		if (decision.isNamedBySteps === true) return {
			code: "named_by_steps",
			text: "No record above the act names the agent; the steps of the agent run that it stands in do, and all the same one.",
			span: claimSource.key
		};
		if (claimSource.key !== subject.key) return void 0;
		const claim = decision.claimSources.instance === void 0 ? "template" : "instance";
		if (claimStrength(claimSource, claim) === "said") return void 0;
		return {
			code: "inferred_from_convention",
			text: `The ${claim} was derived from another vocabulary’s attributes by the rule ${nameOrNull(claimSource[`${claim}_rule`]) ?? ""}.`,
			span: claimSource.key
		};
	}
	function exporterReason(decision, subject) {
		if (decision.grade !== "channel") return void 0;
		return {
			code: "exporter_entitled",
			text: `The exporter "${nameOrNull(subject.exporter) ?? ""}" was authenticated and may speak for this actor.`
		};
	}
	function delegatorReason(decision) {
		const { delegator, delegatorType, conflictingDelegators } = decision;
		if (conflictingDelegators.length > 0) return {
			code: "conflicting_delegator",
			text: `Records disagree on whom it acted for: ${conflictingDelegators.map((record) => nameOrNull(record.delegator) ?? "").join(", ")}. None is believed.`
		};
		if (delegator === "") return void 0;
		const { delegator: claimSource } = decision.claimSources;
		if (claimSource?.delegator_rule === "user_of_the_request") return {
			code: "user_of_the_request",
			text: `No record says on whose behalf the agent acted; the request that its run served was ${nameOrNull(delegator) ?? ""}’s, and that it acted for that person is inferred.`
		};
		return {
			code: "delegator_on_record",
			text: `The instance acts for ${delegatorType} ${nameOrNull(delegator) ?? ""}.`
		};
	}
	function credentialReason(subject) {
		if (!subject.credential_borrowed) return void 0;
		return {
			code: "borrowed_credential",
			text: `The credential used is ${nameOrNull(subject.credential_subject) ?? "its owner"}'s own and names no actor: the audit log of the system it opened will name that person.`
		};
	}
	function overwrittenReasons({ overwritten, ancestors }) {
		const first = ancestors.records.find((record) => overwritten.has(record.key));
		if (first === void 0) return [];
		return [{
			code: "overwritten_downstream",
			text: `A record inside the agent's own process names ${describeClaim(first)}, as other instrumentations do; the agent's own records above it are believed.`,
			span: first.key
		}];
	}
	function joinReasons({ path }) {
		return path.flatMap(({ record, joinedBy }) => {
			if (joinedBy === "delegation") return [{
				code: "joined_by_delegation",
				text: `The way leads on to the instance ${nameOrNull(record.instance) ?? ""}, which handed the task over.`,
				span: record.key
			}];
			if (joinedBy === "link") return [{
				code: "joined_by_link",
				text: "The run resumes another one, which it links to: the way leads on to what that one was asked.",
				span: record.key
			}];
			if (joinedBy === "correlation") return [{
				code: "joined_by_correlation",
				text: "The way leads on to the one human prompt under the same correlation ID.",
				span: record.key
			}];
			return [];
		});
	}
	function untrustedReason(decision, inputs) {
		const untrusted = inputs.filter((input) => input.trust === "untrusted");
		if (decision.verdict !== "agent" || untrusted.length === 0) return [];
		return [{
			code: "untrusted_input",
			text: `Before the action, untrusted content from ${[...new Set(untrusted.map((input) => input.source))].slice(0, sourcesMax).join(", ")} had entered the context.`,
			span: untrusted.at(-1)?.span ?? null
		}];
	}
	// packages/query/src/who-did/answer/find-gaps.ts
	/** Returns what the record should hold and does not: shown, never filled. Without an act, only unread records are gaps. */
	function findGaps(decision, way) {
		const [subject] = decision.ancestors.records;
		if (subject === void 0) return unreadGaps(decision);
		const gap = (code, text, span = subject.key) => ({
			code,
			text,
			span
		});
		return [
			...conflictGaps(decision, gap),
			...clockGaps(subject, gap),
			...inputGaps(way, gap),
			...ancestorGaps(decision, way, gap),
			...isForeign(decision) ? [gap("vocabulary_not_understood", vocabularyText)] : [],
			...way.needsPrompt ? [
				...identityGaps(decision, gap),
				...promptGaps(way.prompts, gap),
				...planGaps(way.plan, gap),
				...sequenceGaps(decision, gap)
			] : [],
			...decision.ancestors.records.filter((record) => record.dropped > 0).map((record) => gap("dropped_attributes", `${record.dropped} attributes, events or links of this record were dropped or cut.`, record.key))
		];
	}
	const vocabularyText = "The records are in a vocabulary that is not understood: who acted in them, and what was done, may stand in them all the same.";
	/** Returns gaps for records of the handle that are not understood, and for acts that were not looked at. */
	function unreadGaps({ evidence }) {
		const gaps = [];
		if (isUnread(evidence)) gaps.push({
			code: "vocabulary_not_understood",
			text: vocabularyText,
			span: null
		});
		if (evidence.truncated) gaps.push({
			code: "evidence_truncated",
			text: "The newest acts were looked at; an older one may be what was asked about.",
			span: null
		});
		return gaps;
	}
	function conflictGaps(decision, gap) {
		const found = decision.mergedRecord(decision.evidence.subject);
		return decision.contradiction === "conflicting_identity" || decision.doubt === "conflicting_identity" || decision.doubt === "instance_of_another_template" || (found?.setAside.length ?? 0) > 0 ? [gap("conflicting_identity", "More than one identity is claimed for this act.")] : [];
	}
	/** Clocks often differ by seconds; beyond this bound, the time stamps no longer show which act is newest. */
	const clockAheadMaxS = 60;
	function clockGaps({ ts, received_at }, gap) {
		const aheadS = Math.floor((millisecondsOf(ts) - millisecondsOf(received_at)) / 1e3);
		return aheadS <= clockAheadMaxS ? [] : [gap("clock_ahead", `The act is stamped ${aheadS} s after it was received: the clock behind it ran ahead, and among other acts it counts as of its receipt.`)];
	}
	/** Parses `YYYY-MM-DD hh:mm:ss.nnnnnnnnn`, UTC, to milliseconds since 1970. */
	function millisecondsOf(text) {
		return Date.parse(`${text.slice(0, 10)}T${text.slice(11, 23)}Z`);
	}
	function inputGaps({ inputsLeftOut }, gap) {
		if (inputsLeftOut === 0) return [];
		return [gap("inputs_truncated", `${inputsLeftOut} of the inputs before the act are not shown; the untrusted ones and the newest are.`)];
	}
	function ancestorGaps({ ancestors, evidence, path, notAdmitted }, { leftOut }, gap) {
		const gaps = path.filter((hop) => hop.leftOut !== "").map(({ record, leftOut: instance }) => gap("missing_instance", `The instance ${nameOrNull(instance) ?? ""}, which stood between, left nothing on record: the chain goes on with whoever gave it its grant.`, record.key));
		const root = ancestors.records.at(-1);
		if (ancestors.missingParent !== "") gaps.push(gap("missing_parent", notAdmitted !== void 0 ? `The parent ${ancestors.missingParent} is on record only by an exporter that may not speak for this actor: the chain is not followed there.` : evidence.truncated ? `The parent ${ancestors.missingParent} is not among the records that were looked at: the chain may be longer.` : `The parent ${ancestors.missingParent} is not on record: the chain may be longer.`, root?.key));
		if (ancestors.cycleAt !== "") gaps.push(gap("parent_cycle", `The parents of this record lead back to ${ancestors.cycleAt}: no root can be told.`, root?.key));
		if (evidence.truncated) gaps.push(gap("evidence_truncated", `More than ${relatedRecordsMax} records surround the act; the nearest were looked at, and what is absent here may be on record.`));
		if (leftOut > 0) gaps.push(gap("evidence_truncated", `${leftOut} hops in the middle of the chain are not shown.`));
		return gaps;
	}
	function identityGaps(decision, gap) {
		const gaps = [];
		const { ancestors, delegator, delegatorType, contradiction } = decision;
		if (!(contradiction === "" ? decision.instance !== "" : ancestors.records.some((record) => record.instance !== ""))) gaps.push(gap("missing_instance", decision.doubt === "" ? "No record names the running instance." : "Which of two instances of the template it was is not known."));
		if (delegator === "") gaps.push(gap("missing_delegator", delegatorType === "none" ? "The agent says that it acts for nobody." : "No record says on whose behalf it acted."));
		return gaps;
	}
	function promptGaps(promptPath, gap) {
		const gaps = [];
		if (promptPath.missingRef !== "") gaps.push(gap("missing_prompt", `The prompt ${promptPath.missingRef} is named and is not on record.`));
		const { initiating } = promptPath;
		if (initiating === void 0) return gaps.length > 0 ? gaps : [gap("missing_prompt", "No record names the prompt that led to it.")];
		if (initiating.prompt_origin === "agent" && gaps.length === 0) gaps.push(gap("missing_prompt", "The outermost prompt on record was given by an agent; the one that initiated the task is not on record.", initiating.key));
		return [...gaps, ...contentGaps(promptPath.textSource ?? initiating, "prompt", gap)];
	}
	function planGaps({ plan, missingRef }, gap) {
		if (missingRef !== "") return [gap("missing_plan", `The plan ${missingRef} is named and is not on record.`)];
		if (plan === void 0) return [gap("missing_plan", "No plan is on record.")];
		return contentGaps(plan, "plan", gap);
	}
	/** Returns the gap that says why a text is not shown. */
	function contentGaps(record, what, gap) {
		const content = record.content_state;
		switch (content.state) {
			case "text": return [];
			case "unread": return [gap("content_withheld", `The text of the ${what} was not read: too many texts surround the act.`, record.key)];
			case "withheld": return [gap("content_withheld", `The text of the ${what} was withheld where it was recorded.`, record.key)];
			case "erased": return [gap("content_erased", `The text of the ${what} was erased on ${content.at.slice(0, 10)}, on record as ${content.record}.`, record.key)];
			case "expired": return [gap("content_expired", `The text of the ${what} was kept as long as was decided, and is gone.`, record.key)];
			case "missing": return [gap("content_missing", `The text of the ${what} should be there and is not; nothing on record took it away.`, record.key)];
			case "mismatch": return [gap("content_mismatch", `What is stored as the text of the ${what} is not what was recorded.`, record.key)];
		}
	}
	/** Returns gaps for sequence numbers of the acting instance up to this record that no record looked at has. */
	function sequenceGaps(decision, gap) {
		const [subject] = decision.ancestors.records;
		if (subject === void 0 || Number(subject.seq) < 1 || subject.instance === "") return [];
		const missing = Number(subject.seq) - numbersUpTo(subject, decision).size;
		if (missing <= 0) return [];
		return [gap("sequence_gap", decision.evidence.truncated ? `The instance's sequence could not be checked: more than ${relatedRecordsMax} records surround the act.` : `${missing} of the records that the instance numbered up to this one are not on record.`)];
	}
	function numbersUpTo(subject, { evidence, mergedRecord }) {
		const numbers = /* @__PURE__ */ new Set();
		for (const key of evidence.relatedRecords.keys()) {
			const record = mergedRecord(key)?.record;
			if (record === void 0 || record.instance !== subject.instance) continue;
			const seq = Number(record.seq);
			if (seq >= 1 && seq <= Number(subject.seq)) numbers.add(seq);
		}
		return numbers;
	}
	// packages/query/src/who-did/answer/shape-answer.ts
	/** Shapes a decision into the answer. Pure; decides nothing. */
	function shapeAnswer(question, decided, cost) {
		const decision = completeDecision(decided);
		const { way, ...origin } = describeOrigin(decision);
		const correlated = decision.ancestors.records.find((record) => record.correlation !== "");
		const act = shapeAct(decision, question.limit);
		return {
			question: describeQuestion(question),
			verdict: decision.verdict,
			grade: decision.grade,
			reasons: [...explainVerdict(question, decision, origin.inputs), ...act.reasons],
			action: act.action,
			...describeActors(decision),
			...origin,
			gaps: [...findGaps(decision, way), ...act.gaps],
			credential: act.credential,
			correlation_id: nameOrNull(correlated?.correlation ?? ""),
			alternatives: act.alternatives,
			cost
		};
	}
	function describeQuestion(question) {
		return {
			of: nameOrNull(question.of) ?? "",
			kind: question.handle.kind,
			at: question.atText,
			as_recorded: question.asRecordedText,
			from: question.fromText,
			to: question.toText,
			verb: question.verb
		};
	}
	const codes = Object.values({
		before: "before_revocation",
		announced: "before_revocation",
		after_proven: "after_revocation_proven",
		after_claimed: "after_revocation_claimed",
		indeterminate: "revocation_indeterminate"
	});
	/** Returns true for a reason that {@link revocationReason} gives. */
	function isRevocationReason({ code }) {
		return codes.includes(code);
	}
	// packages/query/src/who-did/answer/summarize.ts
	/** The longest piece of a prompt quoted in the summary, in UTF-16 units. */
	const quoteLengthMax = 80;
	/** Verbs that a sentence uses as they are, and the replacements of those that it cannot. */
	const infinitives = /* @__PURE__ */ new Map([
		["approve", "approve"],
		["create", "create"],
		["delegate", "hand over to"],
		["delete", "delete"],
		["execute", "execute"],
		["grant", "grant access to"],
		["read", "read"],
		["send", "send"],
		["update", "update"],
		["", "act on"]
	]);
	/** Returns one plain sentence that a person can paste into an incident channel. */
	function summarize(question, answer) {
		const { action, reasons, integrity } = answer;
		const what = integrity.findings.length > 0 ? "the record" : "the ledger";
		const warning = integrity.state === "failed" ? ` DO NOT RELY ON THIS: ${what} is not what was sealed; it has been changed.` : "";
		if (action === null || answer.verdict === "undetermined") return `Who acted on ${printableLine(question.of, 200)} cannot be determined: ${reasons[0]?.text ?? ""}${warning}`;
		return `${subjectOf(answer)} ${deedOf(action, answer.chain)}${becauseOf(answer)}.${revocationOf(answer)}${warning}`;
	}
	function subjectOf(answer) {
		const id = answer.actor?.id ?? "";
		if (answer.verdict === "human") return `A human, ${id},`;
		if (answer.verdict === "service") return `The service ${id}, which is no agent,`;
		const who = agentOf(answer);
		const delegator = answer.delegator;
		return delegator === null ? `${who}, on nobody's recorded behalf,` : `${who}, acting for ${delegator.id},`;
	}
	function agentOf({ agent, reasons }) {
		const template = agent?.template?.id ?? "an unnamed template";
		const who = reasons.some(({ code }) => code === "named_by_service") ? `An agent in service ${template}` : `The agent ${template}`;
		return agent?.instance ? `${who} (instance ${agent.instance.id})` : who;
	}
	function deedOf(action, chain) {
		const what = action.resource?.id ?? action.tool ?? nameOfAct(action, chain);
		const tool = action.tool === null || action.tool === what ? "" : ` with ${action.tool}`;
		const when = action.started_at.slice(0, 19).replace("T", " ");
		const done = `${pastDeed(action)} ${what}${tool} at ${when} UTC`;
		const verb = infinitives.get(action.verb) ?? `do "${action.verb}" to`;
		const attempt = `${verb} ${what}${tool} at ${when} UTC`;
		switch (action.outcome) {
			case "success": return done;
			case "failure": return `tried to ${attempt} and failed`;
			case "denied": return `tried to ${attempt} and was denied`;
			case "unknown": return `announced at ${when} UTC to ${verb} ${what}${tool} (outcome not on record)`;
			case null: return `${done} (outcome not on record)`;
		}
	}
	/** Names an act without a tool: by the nearest call it is a part of, otherwise by its own span. */
	function nameOfAct({ id, span }, chain) {
		const own = chain.findLast((hop) => hop.span === span);
		const call = chain.findLast((hop) => hop.span !== span && hop.record_kind === "tool_call" && hop.tool !== null);
		const name = (own?.record_kind === "tool_call" || own?.record_kind === "action" ? call?.tool : void 0) ?? own?.name ?? "";
		return name === "" ? id : name;
	}
	function becauseOf(answer) {
		if (answer.verdict !== "agent") return "";
		const source = answer.inputs.filter((input) => input.trust === "untrusted").at(-1)?.source;
		return [
			answer.prompt?.text ? `, prompted "${printableLine(answer.prompt.text, quoteLengthMax)}"` : "",
			source === void 0 ? "" : `, after reading untrusted content from ${source}`,
			answer.credential?.borrowed === true ? `, with ${answer.credential.subject ?? "a person"}'s own credential` : ""
		].join("");
	}
	function revocationOf({ reasons }) {
		const found = reasons.find(isRevocationReason);
		return found === void 0 ? "" : ` ${found.text}`;
	}
	const pastTense = new Map(Object.entries({
		approve: "approved",
		create: "created",
		delegate: "handed over to",
		delete: "deleted",
		execute: "executed",
		grant: "granted access to",
		read: "read",
		send: "sent",
		update: "updated"
	}));
	/** The verbs that a record may have for a merge: the contract's verb, the verb of a tool without one, and none. */
	const verbsOfMerge = [
		"update",
		"execute",
		"merge",
		""
	];
	/**
	* Returns the past tense of the act on a resource: the record's verb, but `merged` where a tool whose name means only a merge
	* (`merge`, `merge_pull_request`, `mcp__github__mergePR`) acted on a pull or merge request.
	*/
	function pastDeed({ verb, tool, resource }) {
		if (verbsOfMerge.includes(verb) && isMergeTool(tool ?? "") && isPull(resource?.id ?? "")) return "merged";
		return pastTense.get(verb) ?? (verb === "" ? "acted on" : `did "${verb}" to`);
	}
	function isMergeTool(tool) {
		const words = (tool.slice(0, 200).split(/__|[./:]/u).at(-1) ?? "").replace(/[_\s-]/gu, "").toLowerCase();
		return [
			"merge",
			"mergepullrequest",
			"mergepr",
			"mergemergerequest",
			"mergemr"
		].includes(words);
	}
	function isPull(resource) {
		return /^[a-z0-9.+-]{1,40}:(?:pull|merge_request|pullrequest):/u.test(resource);
	}
	// packages/query/src/who-did/question.ts
	/** The number of alternatives when the question sets no limit. */
	const limitDefault = 10;
	/** The maximum number of alternatives. */
	const limitMax = 100;
	/**
	* Parses a question.
	*
	* Throws `invalid_handle`, `invalid_time` (also when `from` lies after `to`), or `invalid_parameter` for a verb that is
	* no word of 1–64 letters, digits, `_`, `.` or `-`, and for a limit that is no whole number from 0 to 100.
	*/
	function parseQuestion(raw) {
		const handle = parseHandle(raw.of);
		const from = parseOptionalInstant(raw.from, "from");
		const to = parseOptionalInstant(raw.to, "to");
		if (from !== null && to !== null && from > to) throw new WhodidError("invalid_time", `"from" expected an instant before "to"; got "${printableLine(raw.from ?? "", 60)}" and "${printableLine(raw.to ?? "", 60)}"`);
		return {
			of: raw.of.trim(),
			handle,
			at: parseOptionalInstant(raw.at, "at"),
			asRecorded: parseOptionalInstant(raw.as_recorded, "as_recorded"),
			from,
			to,
			atText: textOrNull(raw.at),
			asRecordedText: textOrNull(raw.as_recorded),
			fromText: textOrNull(raw.from),
			toText: textOrNull(raw.to),
			verb: parseVerb(raw.verb),
			limit: parseLimit(raw.limit)
		};
	}
	function textOrNull(text) {
		return text === void 0 || text === "" ? null : text;
	}
	function parseOptionalInstant(text, field) {
		return text === void 0 || text === "" ? null : parseInstant(text, field);
	}
	/** Throws `invalid_parameter` unless it is absent or a word of 1–64 letters, digits, `_`, `.` or `-`. */
	function parseVerb(text) {
		if (text === void 0 || text === "") return null;
		if (!/^[\w.-]{1,64}$/u.test(text)) throw new WhodidError("invalid_parameter", `"verb" expected 1–64 letters, digits, "_", "." or "-"; got "${printableLine(text, 60)}"`);
		return text;
	}
	function parseLimit(text) {
		if (text === void 0 || text === "") return limitDefault;
		const limit = /^\d{1,4}$/u.test(text) ? Number(text) : NaN;
		if (Number.isNaN(limit) || limit > limitMax) throw new WhodidError("invalid_parameter", `"limit" expected a whole number from 0 to ${limitMax}; got "${printableLine(text, 60)}"`);
		return limit;
	}
	// packages/query/src/offline/derive-row.ts
	const columnsByRole = {
		subject: { ...evidenceColumns },
		kin: { ...evidenceColumns },
		candidate: { ...candidateColumns("") },
		listed: { ...listedColumns("") },
		claimed: { ...instanceClaimColumns }
	};
	/** The columns of a record's seal, and the attributes that hold them. */
	const sealFields = [
		["seal_result", attribute.sealResult],
		["seal_claims", attribute.sealClaims],
		["seal", attribute.sealId],
		["seal_key", attribute.sealKey],
		["seal_token", attribute.sealToken],
		["seal_jws", attribute.sealJws]
	];
	/** The engine's expressions that are more than a column, and how each is derived from a record. */
	const derivations = new Map([
		[evidenceColumns.key, ({ columns }) => refOf(columns, "span_id")],
		[evidenceColumns.parent, ({ columns }) => columns["parent_span_id"] === "" ? "" : refOf(columns, "parent_span_id")],
		[evidenceColumns.instance_key, ({ columns }) => instanceKey(columns)],
		[instanceClaimColumns.instance_key, ({ columns }) => instanceKey(columns)],
		[evidenceColumns.text_block, ({ columns }) => textOfKind(columns, "text_block", 48)],
		[evidenceColumns.text_at, ({ columns }) => isQuoted(columns) ? columns["text_at"] : 0],
		[evidenceColumns.commitment, ({ columns }) => textOfKind(columns, "commitment", 64)],
		[evidenceColumns.span_kind, ({ columns }) => String(columns["kind"])],
		[evidenceColumns.outcome_rule, ({ columns }) => outcomeRule(columns)],
		...sealFields.map(([column, key]) => [evidenceColumns[column], ({ columns }) => String(columns["attributes"] ?? "").startsWith(sealedBeginning) ? textAttribute(columns, key) : ""]),
		[evidenceColumns.links, ({ columns }) => firstBytes(String(columns["links"]), linksBytesMax)],
		[evidenceColumns.log_index, ({ columns }) => String(columns["log_index"])],
		[evidenceColumns.leaf, ({ leaf }) => leaf.toUpperCase()]
	]);
	const kinds = new Map([...recordFields.map(({ column, kind }) => [column, kind]), ...restFields.map(({ name, kind }) => [name, kind])]);
	/**
	* Returns the row of evidence that the statement would give for a sealed record. Each field is derived from the record's own
	* columns; only fields that no record holds are taken from `stated` (see {@link statedFields}).
	*/
	function deriveRow(role, record, stated) {
		const values = derivers[role].map((derive) => derive(record, stated));
		return {
			role,
			record: JSON.stringify(values)
		};
	}
	/** Returns the fields of a role that do not follow from one record; an answer uses them as stated. */
	function statedFields(role) {
		return Object.entries(columnsByRole[role]).filter(([, sql]) => !isDerived(sql)).map(([field]) => field);
	}
	/** Returns the statement's values for a row, by field. */
	function fieldsOfRow({ role, record }) {
		if (!isDerivable(role)) return {};
		const values = JSON.parse(record);
		if (!Array.isArray(values)) return {};
		return Object.fromEntries(Object.keys(columnsByRole[role]).map((field, index) => [field, values[index]]));
	}
	/** True when rows of a role can be derived from one record. */
	function isDerivable(role) {
		return Object.hasOwn(columnsByRole, role);
	}
	/** The derivation of each field, looked up once. */
	const derivers = {
		subject: derivationsOf("subject"),
		kin: derivationsOf("kin"),
		candidate: derivationsOf("candidate"),
		listed: derivationsOf("listed"),
		claimed: derivationsOf("claimed")
	};
	function derivationsOf(role) {
		return Object.entries(columnsByRole[role]).map(([field, sql]) => {
			if (role === "claimed" && sql === "template_id") return claimedTemplate;
			const derive = derivations.get(sql);
			if (derive !== void 0) return (record) => derive(record) ?? "";
			const kind = kinds.get(sql);
			return kind === void 0 ? (_, stated) => stated[field] ?? null : ({ columns }) => plainValue(columns[sql] ?? "", kind);
		});
	}
	function isDerived(sql) {
		return derivations.has(sql) || kinds.has(sql);
	}
	/** `whodid.threads` names a template only for a claim that its sender may make and no rule derived. */
	function claimedTemplate({ columns }) {
		return columns["template_rule"] === "" && columns["channel"] !== "unentitled" ? columns["template_id"] : "";
	}
	/** Returns a column as the engine writes it in JSON: 64-bit integers as text, times without `T` and `Z`. */
	function plainValue(value, kind) {
		if (kind === "time") return String(value).replace("T", " ").replace("Z", "");
		return kind === "uint64" || kind === "number" ? String(value) : value;
	}
	function refOf(columns, span) {
		return `${hexOf(columns, "trace_id", 32)}-${hexOf(columns, span, 16)}`;
	}
	function textOfKind(columns, column, digits) {
		return isQuoted(columns) ? hexOf(columns, column, digits) : "";
	}
	function isQuoted(columns) {
		return quotedKinds.has(columns["record_kind"]);
	}
	/** Records whose texts an answer may quote. */
	const quotedKinds = /* @__PURE__ */ new Set([
		"prompt",
		"plan",
		"model_call"
	]);
	function instanceKey(columns) {
		return String(nameKey("instance", String(columns["instance_id"])));
	}
	/** Returns the rule beside an outcome that the collector derived for an act; '' where there is none. */
	function outcomeRule(columns) {
		const kind = columns["record_kind"];
		if (kind !== "tool_call" && kind !== "action") return "";
		return textAttribute(columns, attribute.outcomeRule);
	}
	/** Returns an attribute that is a text; '' where there is none. */
	function textAttribute(columns, key) {
		const value = parseObject(String(columns["attributes"] ?? ""))[key];
		return typeof value === "string" ? value : "";
	}
	/** Returns the members of a JSON object; none where the text is no object. */
	function parseObject(text) {
		try {
			const parsed = JSON.parse(text);
			return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
		} catch {
			return {};
		}
	}
	/** Cuts by bytes, even within a character, as the engine does. */
	function firstBytes(text, max) {
		const bytes = Buffer.from(text);
		return bytes.length <= max ? text : bytes.subarray(0, max).toString();
	}
	/** Returns zeroes where the record has no value. */
	function hexOf(columns, column, digits) {
		return String(columns[column] ?? "").padStart(digits, "0");
	}
	// packages/query/src/offline/decide-offline.ts
	/** Gaps that are found beside the decision: a proof that is missing when the question is asked, and spans that a seal names. */
	const gapsBeside = /* @__PURE__ */ new Set(["unsealed", "sealed_span_missing"]);
	/**
	* Decides an answer again from sealed records alone, by the code that first decided it. The rows of evidence are rebuilt from
	* the records' own columns. `said` is the answer as it was given; only its integrity and its revocation are used, for the summary.
	*
	* Throws an Error that names the record which is not available, or says that the index is invalid. Pure: reads nothing.
	*/
	function decideOffline({ question: raw, rows, texts, rules, isCut = false }, deps, said) {
		const question = parseQuestion(raw);
		const opened = openStated(readEvidence([...isCut ? [{
			role: "cut",
			record: "[]"
		}] : [], ...rows.map(({ role, log, index, stated }) => {
			const record = deps.record(log, index);
			if (record === void 0) throw new Error(`record ${index} of the log ${log}, which the answer was decided from, is not there`);
			return deriveRow(role, record, stated ?? {});
		})]), texts, deps);
		const { cost, ...shaped } = shapeAnswer(question, decide({
			...opened.evidence,
			rules
		}), said.cost);
		const reasons = [...shaped.reasons, ...said.reasons.filter(isRevocationReason)];
		const whole = {
			...shaped,
			reasons,
			cost,
			integrity: said.integrity
		};
		return {
			answer: {
				...shaped,
				summary: summarize(question, whole)
			},
			textsStated: opened.textsStated
		};
	}
	/** An answer as it was given, without the parts not decided from records, to compare with {@link decideOffline}'s. */
	function decidedPart({ integrity: _integrity, cost: _cost, ...answer }) {
		const reasons = answer.reasons.filter((reason) => !isRevocationReason(reason));
		return {
			...answer,
			reasons,
			gaps: answer.gaps.filter(({ code }) => !gapsBeside.has(code))
		};
	}
	/** Puts the available texts into the evidence, and the stated states of the others. */
	function openStated(evidence, texts, deps) {
		const states = new Map(texts.map((text) => [`${text.log} ${text.index}`, text.state]));
		let textsStated = 0;
		const open = (record) => {
			const { log, log_index: place, commitment, text_at: textAt } = record;
			if (commitment === "") return record;
			if (!hasPart(textAt, "content")) return {
				...record,
				content_state: { state: "withheld" }
			};
			const stated = states.get(`${log} ${place}`);
			const text = deps.text(log, Number(place));
			if (text !== void 0 && stated?.state === "text") return {
				...record,
				content: text,
				content_state: {
					state: "text",
					text
				}
			};
			textsStated += 1;
			return {
				...record,
				content_state: statedState(stated)
			};
		};
		const relatedRecords = new Map([...evidence.relatedRecords].map(([key, versions]) => [key, versions.map(open)]));
		return {
			evidence: {
				...evidence,
				relatedRecords
			},
			textsStated
		};
	}
	function statedState(stated) {
		if (stated?.state === "erased") return {
			state: "erased",
			record: stated.record ?? "",
			at: stated.at ?? ""
		};
		return { state: otherStates.find((state) => state === stated?.state) ?? "unread" };
	}
	/** States that carry no further data; any other counts as an unread text. */
	const otherStates = [
		"expired",
		"missing",
		"mismatch",
		"withheld"
	];
	exports.decideOffline = decideOffline;
	exports.decidedPart = decidedPart;
	exports.deriveRow = deriveRow;
	exports.fieldsOfRow = fieldsOfRow;
	exports.isDerivable = isDerivable;
	exports.sealLines = sealLines;
	exports.statedFields = statedFields;
	return exports;
})({}, nodeCrypto);

Object.assign(decisionCode, whodidDecision, { id: '055dd971ba8291cf' })
if (process.argv[1]?.endsWith('verify.mjs')) process.exitCode = runVerifier(process.argv.slice(2))
