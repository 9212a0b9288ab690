/** The asar format, as much of it as a test needs: 8 + 8 bytes of lengths, the header as JSON, then the files. */

interface AsarFile {
  size: number;
  offset?: string;
  unpacked?: true;
}
interface AsarFolder {
  files: Record<string, AsarNode>;
}
type AsarNode = AsarFile | AsarFolder;

export interface AsarEntry {
  path: string;
  sizeBytes: number;
  /** Lies beside the archive, where native code can open it. */
  unpacked: boolean;
}

const ALIGN_BYTES = 4;

/** An archive of an empty folder, or of any header whose files are all empty. */
export function asarBytes(files: AsarFolder['files']): Buffer {
  const json = Buffer.from(JSON.stringify({ files }));
  const paddedBytes = Math.ceil(json.length / ALIGN_BYTES) * ALIGN_BYTES;
  const lengths = Buffer.alloc(16);
  lengths.writeUInt32LE(4, 0);
  lengths.writeUInt32LE(paddedBytes + 8, 4);
  lengths.writeUInt32LE(paddedBytes + 4, 8);
  lengths.writeUInt32LE(json.length, 12);
  return Buffer.concat([lengths, json, Buffer.alloc(paddedBytes - json.length)]);
}

/** Every file of an archive, sorted by path. */
export function listAsar(archive: Buffer): AsarEntry[] {
  const header = parseHeader(archive);
  return [...entriesOf(header, '')].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The bytes of one packed file. */
export function readAsarFile(archive: Buffer, path: string): Buffer {
  let node: AsarNode | undefined = parseHeader(archive);
  for (const name of path.split('/'))
    node = node !== undefined && 'files' in node ? node.files[name] : undefined;
  if (node === undefined || 'files' in node || node.offset === undefined)
    throw new Error(`not packed: ${path}`);
  const start = 8 + archive.readUInt32LE(4) + Number(node.offset);
  return archive.subarray(start, start + node.size);
}

const parseHeader = (archive: Buffer): AsarFolder =>
  JSON.parse(archive.toString('utf8', 16, 16 + archive.readUInt32LE(12))) as AsarFolder;

function* entriesOf({ files }: AsarFolder, prefix: string): Generator<AsarEntry> {
  for (const [name, node] of Object.entries(files)) {
    if ('files' in node) yield* entriesOf(node, `${prefix}${name}/`);
    else yield { path: prefix + name, sizeBytes: node.size, unpacked: node.unpacked === true };
  }
}
