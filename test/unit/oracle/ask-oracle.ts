import { answerSlowly } from '../../support/oracle/answer-slowly.ts';
import type { OracleContext, Spec, WireEvent } from '../../support/oracle/types.ts';

const CONTEXT: OracleContext = {
  zone: 'UTC',
  weekStart: 'monday',
  nowMs: Date.parse('2030-01-01T00:00:00Z'),
  users: [],
  taxonomy: [],
};

/** The result of a question about the environment `test`. */
export const ask = (spec: object, events: readonly WireEvent[], context: Partial<OracleContext> = {}) =>
  answerSlowly({ environment: 'test', ...spec } as Spec, events, { ...CONTEXT, ...context }).result;

let made = 0;

export const event = (type: string, ts: string | number, rest: Record<string, unknown> = {}): WireEvent => ({
  event_id: `e${String(++made).padStart(6, '0')}`,
  event_type: type,
  ts,
  ...rest,
});

const NOON_MS = Date.parse('2026-03-02T12:00:00Z'); // a Monday

/** Events of one user: type, seconds after noon of Monday 2 March 2026, properties. */
export const walk = (
  user: string,
  ...events: readonly (readonly [string, number, Record<string, unknown>?])[]
): WireEvent[] =>
  events.map(([type, seconds, properties = {}]) =>
    event(type, NOON_MS + seconds * 1000, { user_id: user, properties }),
  );
