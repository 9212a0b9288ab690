import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '../errors.ts';

/** Frames of the one RPC contract (HOSTS §2): plain structured-clone data, validated on both sides. */

export const PROTOCOL_VERSION = 2;

const Id = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const Seq = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
export const MAX_CREDIT = 8;

export const ROLES = ['engine', 'query', 'shell'] as const;
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;

const codes = Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]];

export const HelloFrame = z.strictObject({
  t: z.literal('hello'),
  proto: z.int(),
  app: z.string().max(64),
  role: z.enum([...ROLES, 'renderer']),
  epoch: z
    .int()
    .min(0)
    .meta({ description: 'Raised by the supervisor at every restart of the process behind the link.' }),
});
export const RequestFrame = z.strictObject({
  t: z.literal('req'),
  id: Id,
  m: z.string().max(64).meta({ description: 'Method name of shared/rpc/methods.ts.' }),
  p: z.unknown(),
  op: z.uuid().optional().meta({ description: 'Required for every mutation: the same op is applied once.' }),
  credit: z
    .int()
    .min(1)
    .max(MAX_CREDIT)
    .optional()
    .meta({ description: 'Parts accepted at once; default 4.' }),
  deadlineMs: z.int().min(1).max(3_600_000).optional(),
});
export const ProgressFrame = z.strictObject({ t: z.literal('prog'), id: Id, seq: Seq, p: z.unknown() });
export const PartFrame = z.strictObject({
  t: z.literal('part'),
  id: Id,
  seq: Seq,
  meta: z.unknown(),
  last: z.boolean(),
  blob: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional()
    .meta({ description: 'Server host only: the payload waits under GET /blob/<id>.' }),
});
export const CreditFrame = z.strictObject({
  t: z.literal('credit'),
  id: Id,
  n: z.int().min(1).max(MAX_CREDIT),
});
export const OkFrame = z.strictObject({ t: z.literal('ok'), id: Id, r: z.unknown() });
export const ErrFrame = z.strictObject({
  t: z.literal('err'),
  id: Id,
  code: z.enum(codes),
  message: z.string().max(2_000),
  retry: z.boolean(),
  path: z.string().max(500).optional(),
  data: z.unknown().optional(),
});
export const CancelFrame = z.strictObject({ t: z.literal('cancel'), id: Id });
export const EventFrame = z.strictObject({
  t: z.literal('event'),
  topic: z.string().max(64),
  seq: Seq,
  p: z.unknown(),
});
export const PingFrame = z.strictObject({ t: z.literal('ping') });
export const PongFrame = z.strictObject({ t: z.literal('pong') });

export const Frame = z.discriminatedUnion('t', [
  HelloFrame,
  RequestFrame,
  ProgressFrame,
  PartFrame,
  CreditFrame,
  OkFrame,
  ErrFrame,
  CancelFrame,
  EventFrame,
  PingFrame,
  PongFrame,
]);
export type Frame = z.infer<typeof Frame>;
export type RequestFrame = z.infer<typeof RequestFrame>;
export type PartFrame = z.infer<typeof PartFrame>;

/**
 * Contract: one ordered, reliable lane between two ends. `bin` rides with the frame it belongs to. `send` never
 * throws for a closed link; `onClose` fires once, with the reason safe to show. A view handed over as `bin` is
 * copied or cut to its own buffer before it leaves.
 */
export interface Link {
  send(frame: Frame, bin?: Uint8Array): void;
  onFrame(callback: (frame: Frame, bin?: Uint8Array) => void): void;
  onClose(callback: (reason: string) => void): void;
  close(reason?: string): void;
}
