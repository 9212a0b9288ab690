/** What a source gets: reading by name, nothing else. Values never leave the engine. */
export interface SecretReader {
  /** null: it is not set. */
  read: (name: string) => Promise<string | null>;
}

/** How secrets are kept, in words that a user can weigh. */
export interface Protection {
  kind: 'keyring' | 'passphrase' | 'memory' | 'none';
  /** One sentence. */
  text: string;
}

/**
 * Contract: secrets by name. The interface may set, test and delete them, and see their names; nothing reads a value
 * out but a source that is about to connect.
 */
export interface SecretStore extends SecretReader {
  readonly protection: Protection;
  names: () => Promise<string[]>;
  set: (name: string, value: string) => Promise<void>;
  /** False: there was none. */
  remove: (name: string) => Promise<boolean>;
}
