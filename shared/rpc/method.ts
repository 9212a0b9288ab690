import { z } from 'zod';
import type { Role } from './frames.ts';

/** What a method of the contract is, and the shapes that many share. The table stands in methods.ts. */

export type MethodKind = 'read' | 'mutation' | 'stream';
/** How a call is stopped: only before it runs (it is short), by a flag between chunks, or by ending the process. */
export type CancelMode = 'queue' | 'chunk' | 'kill';

export interface Method {
  role: Role;
  kind: MethodKind;
  cancel: CancelMode;
  params: z.ZodType;
  result: z.ZodType;
  /** Absent: the method reports none. */
  progress?: z.ZodType;
  /** Of a stream: what rides beside the bytes of each part. */
  part?: z.ZodType;
  /** Parts may be as large as BULK_PART_MAX_BYTES. */
  bulk?: true;
  /** Largest request as JSON text. */
  maxRequestBytes: number;
}

export const method = <const D extends Method>(definition: D): D => definition;

export const none = z.strictObject({});
export const Instant = z.iso.datetime();
export const Count = z.int().min(0);

export const SMALL_REQUEST_BYTES = 64 * 1024;
