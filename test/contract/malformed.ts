import fc from 'fast-check';
import { PROTOCOL_VERSION } from '../../shared/rpc/frames.ts';

/** Frames that break the contract in every way that structured data can. None of them is a request that could run. */

const valid: Record<string, unknown>[] = [
  { t: 'req', id: 1, m: 'query.values', p: { environment: 'e', property: 'echo' } },
  { t: 'req', id: 1, m: 'command.sync.run', p: {}, op: 'c2b1c8a0-0d5e-4f1a-9b57-3a1c8f0f7e11' },
  { t: 'cancel', id: 1 },
  { t: 'credit', id: 1, n: 1 },
  { t: 'hello', proto: PROTOCOL_VERSION, app: 'a', role: 'renderer', epoch: 0 },
  { t: 'ping' },
];

const junk = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(-1, 1.5, 2 ** 60, '', 'x'.repeat(5_000), '__proto__', 'constructor', [], {}, null, true),
);

/** A valid frame with a field that no frame has. */
const extended = fc
  .tuple(fc.constantFrom(...valid), fc.string({ minLength: 1, maxLength: 8 }), junk)
  .map(([frame, name, value]) => ({ ...frame, [`x${name}`]: value }));

/** A valid request whose parameters do not fit. */
const misfit = fc
  .tuple(fc.constantFrom('query.values', 'query.workspace', 'query.sync.state'), junk)
  .filter(
    ([, p]) => !(typeof p === 'object' && p !== null && Object.keys(p).length === 0 && !Array.isArray(p)),
  )
  .map(([m, p]) => ({ t: 'req', id: 1, m, p }));

const unknownMethod = fc.string({ maxLength: 80 }).map((name) => ({ t: 'req', id: 1, m: `x${name}`, p: {} }));
const inherited = fc
  .constantFrom('constructor', 'toString', '__proto__', 'hasOwnProperty')
  .map((m) => ({ t: 'req', id: 1, m, p: {} }));
const withoutOp = fc.constant({ t: 'req', id: 1, m: 'command.sync.run', p: {} });
const badOp = junk.map((op) => ({ t: 'req', id: 1, m: 'command.sync.run', p: {}, op }));
const badId = fc
  .constantFrom(0, -1, 1.5, 2 ** 60, '1', null, [1])
  .map((id) => ({ t: 'req', id, m: 'query.sync.state', p: {} }));
const badCredit = fc
  .constantFrom(0, 9, -1, 1.5, '1', null)
  .map((credit) => ({ t: 'req', id: 1, m: 'query.run', p: { spec: { parts: 1, bytes: 1 } }, credit }));
const wrongWay = fc.constantFrom(
  { t: 'ok', id: 1, r: {} },
  { t: 'err', id: 1, code: 'internal', message: '', retry: false },
  { t: 'prog', id: 1, seq: 0, p: {} },
  { t: 'part', id: 1, seq: 0, meta: {}, last: true },
  { t: 'event', topic: 'store.revision', seq: 1, p: { revision: 1 } },
);
const unknownType = fc.string({ maxLength: 10 }).map((name) => ({ t: `x${name}` }));

export const malformedFrame = fc.oneof(
  junk.filter((value) => value !== undefined),
  extended,
  misfit,
  unknownMethod,
  inherited,
  withoutOp,
  badOp,
  badId,
  badCredit,
  wrongWay,
  unknownType,
);
