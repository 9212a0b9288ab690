import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteDictionary } from '../../main/engine/store/byte-dictionary.ts';
import { viewBytes } from '../../main/engine/store/byte-view.ts';
import { EventDraft } from '../../main/engine/store/event-draft.ts';
import { type DecoderContext, decodeEvent } from '../../main/engine/sync/event-decoder.ts';
import { EventScanner } from '../../main/engine/sync/event-scanner.ts';
import { createFieldPlan } from '../../main/engine/sync/field-plan.ts';
import { environmentOfRow } from '../../main/engine/sync/row-environment.ts';
import { UnfitRow } from '../../main/engine/sync/row-problem.ts';
import { parseJsonRow } from '../../main/engine/sync/row-text.ts';
import { RowRules } from '../../main/engine/sync/source-config.ts';
import { ValueEncoder } from '../../main/engine/sync/value-encoder.ts';

const SEED = 20_261_119;
const RUNS = process.env['TIDEMARK_DEEP'] === '1' ? 200_000 : 5000;
const TIMEOUT_MS = 180_000; // of the full number of runs
const PLACE = { objectKey: 'a.ndjson', position: 1 };

/** What the encoder needs of an environment, without a store behind it. */
function memoryEnvironment() {
  const dictionaries = new Map<string, ByteDictionary>();
  const propertyNames: string[] = [];
  return {
    name: 'test',
    propertyNames,
    dictionary(column: string): ByteDictionary {
      const known = dictionaries.get(column) ?? new ByteDictionary();
      dictionaries.set(column, known);
      return known;
    },
    propertyId(name: string): number {
      const known = propertyNames.indexOf(name);
      return known === -1 ? propertyNames.push(name) - 1 : known;
    },
  };
}

function contextOf(rules: unknown): DecoderContext {
  const checked = RowRules.parse(rules);
  return {
    plan: createFieldPlan(checked),
    constants: Object.entries(checked.map.constants),
    encoder: new ValueEncoder(memoryEnvironment()),
    draft: new EventDraft(),
  };
}

/** All that a draft says, with texts for codes. */
function contentOf({ draft, encoder }: DecoderContext): unknown {
  const { environment } = encoder;
  const text = (column: string, code: number): string | null =>
    code === 0 ? null : environment.dictionary(column).textOf(code);
  const columns = ['user_id', 'session_id', 'app_version', 'locale', 'country_code', 'platform', 'plan'];
  const properties = Array.from({ length: draft.properties }, (_, i) => {
    const name = environment.propertyNames[draft.propertyIds[i]!]!;
    const value = draft.kinds[i] === 4 ? text(`p.${name}`, draft.values[i]!) : draft.values[i];
    return [name, draft.kinds[i], value];
  });
  return {
    id: draft.hasId ? [...draft.id.words] : null,
    event: text('event_type', draft.event),
    tsMs: draft.tsMs,
    receivedMs: draft.receivedMs,
    columns: columns.map((column, index) => text(column, draft.codes[index]!)),
    properties: properties.sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)),
    scrubbed: encoder.scrubbed
      .splice(0)
      .map(({ column, kind }) => `${kind} ${column}`)
      .sort(),
  };
}

function decoded(line: Uint8Array, context: DecoderContext): unknown {
  try {
    const row = parseJsonRow(Buffer.from(line).toString('utf8'));
    environmentOfRow(row, context.plan, 'test');
    decodeEvent(row, PLACE, context);
    return contentOf(context);
  } catch (error) {
    context.encoder.scrubbed.length = 0;
    if (error instanceof UnfitRow) return error.problem;
    throw error;
  }
}

const NAMES = [
  ...[
    'event_id',
    'event_type',
    'ts',
    'received_at',
    'user_id',
    'session_id',
    'environment',
    'locale',
    'plan',
  ],
  ...[
    'when',
    'who',
    'kind',
    'a',
    'bb',
    'ccc',
    'dddd',
    'practice_session_id',
    'comment',
    'properties',
    'ip_address',
  ],
  ...['__proto__', 'nested.name', 'ünïcode', 'bob@example.org', ''],
];

const text = fc.oneof(
  fc.constantFrom(
    '',
    'test',
    'page_view',
    'usr_1',
    '2026-11-19T13:32:00Z',
    '2026-11-19T13:32:00.123456+01:00',
    '2026-02-30T00:00:00Z',
  ),
  fc.constantFrom(
    '1763559120000',
    'ada@example.org',
    '203.0.113.7',
    '+47 22 33 44 55',
    'x'.repeat(65),
    'y'.repeat(200),
  ),
  fc.uuid(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'grapheme-ascii' }),
);
const number = fc
  .oneof(
    fc.integer(),
    fc.double(),
    fc.maxSafeInteger(),
    fc.integer().map((cents) => cents / 100),
    fc.constantFrom(0, -0, 1e21, 1e-7, 5e-324, 1763559120000, 0.1, 123456789.123456),
  )
  .map((value) => (Number.isFinite(value) ? value : 0));
const rawNumber = fc.constantFrom(
  '1e5',
  '-0',
  '1E+2',
  '12.50',
  '1e999',
  '0.1e-3',
  '123456789012345678901',
  '-',
  '01',
  '1.',
  '.5',
  '1e',
  '+1',
);

/** JSON text of a value, with blanks where JSON allows them, escapes it need not have, and sometimes broken. */
const json: fc.Arbitrary<string> = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof(
    { weight: 6, arbitrary: text.map((value) => JSON.stringify(value)) },
    {
      weight: 1,
      arbitrary: text.map((value) =>
        JSON.stringify(value).replace(/[a-z]/, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
      ),
    },
    { weight: 3, arbitrary: number.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: rawNumber },
    { weight: 2, arbitrary: fc.constantFrom('true', 'false', 'null', 'tru', 'nulll') },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`) },
    { weight: 1, arbitrary: tie('object') },
  ),
  object: fc
    .tuple(
      fc.array(fc.tuple(fc.constantFrom(...NAMES), tie('value')), { maxLength: 8 }),
      fc.constantFrom('', ' ', '\t', ' \r\n '),
    )
    .map(([fields, blank]) => {
      const parts = fields.map(
        ([name, value]) => `${blank}${JSON.stringify(name)}${blank}:${blank}${value}${blank}`,
      );
      return `{${parts.join(',')}}`;
    }),
})).object;

/** The same names at the top and among the properties, in either order. */
const doubledRow = fc
  .tuple(
    fc.dictionary(fc.constantFrom('a', 'bb', 'ccc', 'dddd'), fc.oneof(number, text, fc.constant(null)), {
      maxKeys: 3,
    }),
    fc.dictionary(fc.constantFrom('a', 'bb', 'ccc', 'dddd'), fc.oneof(number, text, fc.constant(null)), {
      maxKeys: 3,
    }),
    fc.boolean(),
  )
  .map(([top, properties, first]) => JSON.stringify(first ? { properties, ...top } : { ...top, properties }));

/** A row that a product would send. */
const usualRow = fc
  .record(
    {
      event_id: fc.uuid(),
      event_type: fc.constantFrom('page_view', 'sign_up'),
      ts: fc.constantFrom('2026-11-19T13:32:00.250Z', 1763559120000),
      user_id: fc.constantFrom('usr_1', 'usr_ø'),
      locale: fc.constantFrom('nb-NO', null),
      comment: fc.constantFrom('dropped "anyway"\n', 'plain'),
      properties: fc.dictionary(
        fc.constantFrom('a', 'bb', 'page_path', 'æ'),
        fc.oneof(fc.constantFrom('x', '/p', 'ada@example.org', ''), number, fc.boolean()),
        { maxKeys: 4 },
      ),
    },
    { requiredKeys: ['event_id', 'event_type', 'ts'] },
  )
  .map((row) => JSON.stringify(row));

/** A row whose properties are a text that holds an object, or something like it. */
const writtenRow = fc
  .tuple(usualRow, fc.oneof(json, doubledRow, usualRow), fc.constantFrom('', ' ', '\n', 'x'))
  .map(([row, inner, around]) =>
    JSON.stringify({ ...(JSON.parse(row) as object), properties: around + inner + around }),
  );
const usuallyWrittenRow = usualRow.map((row) => {
  const { properties = {}, ...rest } = JSON.parse(row) as { properties?: object };
  return JSON.stringify({ ...rest, properties: JSON.stringify(properties) });
});

const RULES = [
  {},
  {
    map: {
      columns: { ts: 'when', user_id: 'who', event_type: 'kind', a: 'bb' },
      constants: { plan: 'mid', ccc: 7 },
    },
  },
  {
    map: { event_id: 'object-key', columns: { locale: 'properties.dddd' } },
    allow: ['a', 'nested', 'comment'],
  },
];

describe('the byte scanner', () => {
  it.each(RULES)(
    'leaves the draft that the JSON decoder leaves, or declines (rules %#)',
    { timeout: TIMEOUT_MS },
    (rules) => {
      const scanning = contextOf(rules);
      const decoding = contextOf(rules);
      const scanner = new EventScanner(scanning, { name: 'test', isGiven: true });
      let accepted = 0;
      const broken = fc
        .tuple(fc.oneof(json, usualRow, writtenRow, usuallyWrittenRow), fc.nat(), fc.nat({ max: 255 }))
        .map(([line, at, byte]) => {
          const bytes = Buffer.from(line);
          bytes[at % bytes.length] = byte;
          return bytes;
        });
      const line = fc.oneof(
        { weight: 4, arbitrary: json.map((value) => Buffer.from(value)) },
        { weight: 2, arbitrary: usualRow.map((value) => Buffer.from(value)) },
        { weight: 1, arbitrary: doubledRow.map((value) => Buffer.from(value)) },
        { weight: 1, arbitrary: writtenRow.map((value) => Buffer.from(value)) },
        { weight: 1, arbitrary: usuallyWrittenRow.map((value) => Buffer.from(value)) },
        { weight: 3, arbitrary: broken },
      );
      fc.assert(
        fc.property(line, fc.nat({ max: 5 }), (bytes, margin) => {
          const around = new Uint8Array(bytes.length + margin * 2).fill(0x37); // digits, to tempt it past the end
          around.set(bytes, margin);
          const end = margin + bytes.length;
          const isTaken = scanner.scan(viewBytes(around), margin, end, PLACE) === end;
          const found = contentOf(scanning);
          if (!isTaken) return;
          accepted++;
          expect(found, bytes.toString()).toEqual(decoded(bytes, decoding));
        }),
        { seed: SEED, numRuns: RUNS },
      );
      expect(accepted).toBeGreaterThan(RUNS / 10);
    },
  );

  it('takes every usual row', () => {
    const context = contextOf({});
    const scanner = new EventScanner(context, { name: 'test', isGiven: true });
    fc.assert(
      fc.property(fc.oneof(usualRow, usuallyWrittenRow), (line) => {
        const bytes = Buffer.from(line);
        return (
          scanner.scan(viewBytes(Buffer.concat([bytes, Buffer.from('\n   ')])), 0, bytes.length, PLACE) ===
          bytes.length
        );
      }),
      { seed: SEED },
    );
  });

  it('takes a row that names its environment only where that is the right one', () => {
    const context = contextOf({});
    const scanner = new EventScanner(context, { name: 'test', isGiven: false });
    const takes = (line: string) =>
      scanner.scan(viewBytes(Buffer.from(`${line}\n   `)), 0, Buffer.byteLength(line), PLACE) ===
      Buffer.byteLength(line);
    expect(takes('{"event_id":"a","environment":"test"}')).toBe(true);
    expect(takes('{"event_id":"a","environment":"tes"}')).toBe(false);
    expect(takes('{"event_id":"a","environment":"test2"}')).toBe(false);
    expect(takes('{"event_id":"a"}')).toBe(false);
  });
});
