import { crc32 } from 'node:zlib'

/** Bytes of the largest package: far below what a zip without its 64-bit extension can hold. */
const packageBytesMax: number = 512 * 1024 * 1024

const filesMax = 65_535
const versionNeeded = 20
const namesAreUtf8 = 0x0800
/** 1980-01-01, the first day a zip can name: a package has its times inside. */
const dosDate = 0x0021

/**
 * The one zip that these files make, in their order: stored, not compressed, without times or attributes of their own
 * (APPNOTE.TXT 6.3). Equal files make equal bytes, so whoever unpacks it can account for every one.
 *
 * Throws a RangeError beyond 65,535 files or {@link packageBytesMax}.
 */
export function writeZip(files: ReadonlyMap<string, Buffer>): Buffer {
  const total = [...files.values()].reduce((sum, { length }) => sum + length, 0)
  if (files.size > filesMax || total > packageBytesMax)
    throw new RangeError(`a package of ${files.size} files and ${total} bytes is too large`)
  const locals: Buffer[] = []
  const entries: Buffer[] = []
  let offset = 0
  for (const [name, content] of files) {
    const path = Buffer.from(name)
    const head = headOf(path, content)
    // Disk, attributes and comment are all zero; the last four bytes say where the file begins.
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    locals.push(Buffer.from('PK\u0003\u0004', 'latin1'), head, path, content)
    entries.push(Buffer.from('PK\u0001\u0002\u0014\u0000', 'latin1'), head, place, path)
    offset += 4 + head.length + path.length + content.length
  }
  const directory = Buffer.concat(entries)
  return Buffer.concat([...locals, directory, endOf(files.size, directory.length, offset)])
}

/** Returns the part that a file's local header and its entry in the directory share. */
function headOf(path: Buffer, content: Buffer): Buffer {
  const head = Buffer.alloc(26)
  head.writeUInt16LE(versionNeeded, 0)
  head.writeUInt16LE(namesAreUtf8, 2)
  head.writeUInt16LE(dosDate, 8)
  head.writeUInt32LE(crc32(content), 10)
  head.writeUInt32LE(content.length, 14)
  head.writeUInt32LE(content.length, 18)
  head.writeUInt16LE(path.length, 22)
  return head
}

function endOf(fileCount: number, directoryBytes: number, offset: number): Buffer {
  const end = Buffer.alloc(22)
  end.write('PK\u0005\u0006', 'latin1')
  end.writeUInt16LE(fileCount, 8)
  end.writeUInt16LE(fileCount, 10)
  end.writeUInt32LE(directoryBytes, 12)
  end.writeUInt32LE(offset, 16)
  return end
}
