import { afterEach, beforeEach, expect, it } from 'vitest';
import { importExpectation, listExpectations } from '../../main/engine/privacy/expectations.ts';
import { readExpectation } from '../../main/engine/privacy/read-expectation.ts';
import { type TestWorkspace, eventOf, testWorkspace } from '../support/workspace.ts';

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = testWorkspace('memory');
  await workspace.addFolder();
});
afterEach(() => workspace.remove());

const AVRO = {
  type: 'record',
  name: 'page_view',
  fields: [
    { name: 'event_id', type: 'string' },
    {
      name: 'properties',
      type: {
        type: 'record',
        name: 'PageViewProperties',
        fields: [
          { name: 'page_path', type: 'string' },
          { name: 'depth', type: ['null', 'int'] },
          {
            name: 'theme',
            type: { type: 'enum', name: 'Theme', symbols: ['dark', 'light'] },
            default: 'light',
          },
          { name: 'seen', type: { type: 'long', logicalType: 'timestamp-millis' } },
        ],
      },
    },
  ],
};
const JSON_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'page_view',
  type: 'object',
  required: ['event_id'],
  properties: {
    event_id: { type: 'string' },
    properties: {
      type: 'object',
      required: ['page_path', 'seen'],
      properties: {
        page_path: { type: 'string' },
        depth: { type: ['integer', 'null'] },
        theme: { enum: ['dark', 'light'], type: 'string' },
        seen: { type: 'integer' },
      },
    },
  },
};

const ROWS = [
  { page_path: '/', depth: 3, theme: 'dark', seen: 5 },
  { page_path: '/', seen: 6 },
  { depth: 'deep', theme: 'blue', seen: 7 },
  { page_path: '/', depth: 1.5, seen: true },
];

it.each([
  ['Avro', AVRO],
  ['JSON Schema', JSON_SCHEMA],
])('counts by field what breaks a schema of %s, and keeps every row', async (_, schema) => {
  await workspace.withStore((store) => {
    expect(importExpectation(store, { environment: 'test', eventType: null, schema })).toBe('page_view');
  });
  workspace.raw('1.ndjson', [
    ...ROWS.map((properties, n) => eventOf(n, { properties })),
    eventOf(10, { event_type: 'sign_up' }),
  ]);
  const { counts } = await workspace.sync();
  expect(counts).toMatchObject({ read: 5, kept: 5, quarantined: 0 });
  await workspace.withStore((store) => {
    const [expectation] = listExpectations(store);
    expect(expectation).toMatchObject({ environment: 'test', eventType: 'page_view', fields: 4 });
    expect(expectation?.broken.map(({ field, problem, rows }) => [field, problem, rows]).sort()).toEqual([
      ['depth', 'wrong-type', 2],
      ['page_path', 'missing', 1],
      ['seen', 'wrong-type', 1],
      ['theme', 'not-allowed', 1],
    ]);
    importExpectation(store, { environment: 'test', eventType: 'page_view', schema }); // counting starts anew
    expect(listExpectations(store)[0]?.broken).toEqual([]);
  });
});

it('refuses what is no schema of an event, and does not judge what it does not know', () => {
  for (const schema of [null, 'text', {}, { type: 'record', name: 'x', fields: [] }, { properties: {} }])
    expect(() => readExpectation(schema)).toThrow(/schema|Avro/);
  const unknown = {
    type: 'record',
    name: 'x',
    fields: [{ name: 'a', type: { type: 'map', values: 'int' } }],
  };
  expect(readExpectation(unknown).fields).toEqual({ a: { types: [], isRequired: true, oneOf: null } });
});
