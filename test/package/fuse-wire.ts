/** Electron's fuse wire, read and written without the tool that sets it: a marker in the executable, the version of the
 *  wire, its length, then one character for each fuse. */
const MARKER = Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX');
const WIRE_VERSION = 1;

/** In wire order. The last one is newer than our packager and stays as Electron ships it. */
const FUSES = [
  'runAsNode',
  'enableCookieEncryption',
  'enableNodeOptionsEnvironmentVariable',
  'enableNodeCliInspectArguments',
  'enableEmbeddedAsarIntegrityValidation',
  'onlyLoadAppFromAsar',
  'loadBrowserProcessSpecificV8Snapshot',
  'grantFileProtocolExtraPrivileges',
  'wasmTrapHandlers',
] as const;
export type Fuse = (typeof FUSES)[number];

/** As Electron ships it, so that a fuse that nobody sets shows up in the wrong position. */
const SHIPPED = '101100011';

export const fuseWireBytes = (): Buffer =>
  Buffer.concat([MARKER, Buffer.from([WIRE_VERSION, SHIPPED.length]), Buffer.from(SHIPPED)]);

/** State of each fuse of an executable; throws where there is no wire. */
export function readFuses(executable: Buffer): Map<Fuse, boolean> {
  const start = executable.indexOf(MARKER);
  if (start === -1) throw new Error('no fuse wire in this executable');
  const [version, length = 0] = executable.subarray(start + MARKER.length);
  if (version !== WIRE_VERSION) throw new Error(`fuse wire of version ${version}`);
  const states = executable.toString('latin1', start + MARKER.length + 2, start + MARKER.length + 2 + length);
  return new Map(FUSES.map((fuse, index) => [fuse, states[index] === '1']));
}
