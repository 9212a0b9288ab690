import { randomBytes } from 'node:crypto';
import { BLOB_LIFE_MS } from '../../../shared/limits.ts';
import type { Runtime } from '../../../shared/rpc/runtime.ts';

/** Payloads that wait for one GET of the login that they belong to; memory stays bounded by the credit of the calls. */
export interface BlobStore {
  offer(login: string, bin: Uint8Array): string;
  take(login: string, id: string): Uint8Array | null;
}

const ID_BYTES = 16; // 128 bits

export function createBlobStore(runtime: Runtime): BlobStore {
  const blobs = new Map<string, { login: string; bin: Uint8Array; stopTimer: () => void }>();
  return {
    offer(login, bin) {
      const id = randomBytes(ID_BYTES).toString('hex');
      blobs.set(id, { login, bin, stopTimer: runtime.startTimer(() => blobs.delete(id), BLOB_LIFE_MS) });
      return id;
    },
    take(login, id) {
      const blob = blobs.get(id);
      if (blob?.login !== login) return null;
      blob.stopTimer();
      blobs.delete(id);
      return blob.bin;
    },
  };
}
