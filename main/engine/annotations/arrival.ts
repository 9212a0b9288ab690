/** Something that may be an operation, from a source or a file. */
export interface Arrival {
  /** Key of the object, or file and line. */
  place: string;
  version: string;
  sizeBytes: number;
  /** null: larger than an operation may be. */
  content: Uint8Array | null;
}

export interface ArrivedFrom {
  /** null: each operation says its own. */
  environment: string | null;
  origin: 'remote' | 'import';
  /** null: no source, a file. */
  remoteId: number | null;
}
