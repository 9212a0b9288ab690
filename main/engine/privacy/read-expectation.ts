import { z } from 'zod';
import { isEventColumn } from '../../../shared/domain/events.ts';
import { AppError } from '../../../shared/errors.ts';

export type ExpectedType = 'text' | 'number' | 'integer' | 'boolean';

export interface ExpectedField {
  /** Empty: anything. */
  types: ExpectedType[];
  isRequired: boolean;
  /** Null: any text. */
  oneOf: string[] | null;
}

/** What the properties of one event type ought to be. */
export interface Expectation {
  origin: 'avro' | 'json-schema';
  /** Of an Avro record its name, of a JSON Schema its title; null where it has none. */
  eventType: string | null;
  fields: Record<string, ExpectedField>;
}

const CONTAINER = 'properties';

/** Reads an Avro record schema or a JSON Schema of an object; its columns of events are judged elsewhere. */
export function readExpectation(schema: unknown): Expectation {
  const avro = AvroRecord.safeParse(schema);
  const expectation = avro.success ? fromAvro(avro.data) : fromJsonSchema(schema);
  if (Object.keys(expectation.fields).length === 0)
    throw new AppError('bad-input', 'the schema declares no property of an event');
  return expectation;
}

const AvroRecord = z.object({
  type: z.literal('record'),
  name: z.string(),
  fields: z.array(z.object({ name: z.string(), type: z.unknown(), default: z.unknown().optional() })),
});
type AvroRecord = z.infer<typeof AvroRecord>;

function fromAvro(record: AvroRecord): Expectation {
  const fields: Record<string, ExpectedField> = {};
  const add = ({ fields: declared }: AvroRecord, prefix: string): void => {
    for (const { name, type, default: fallback } of declared) {
      const path = prefix === '' ? name : `${prefix}.${name}`;
      const alternatives = Array.isArray(type) ? (type as unknown[]) : [type];
      const record = alternatives
        .map((one) => AvroRecord.safeParse(one).data)
        .find((one) => one !== undefined);
      if (record !== undefined) add(record, path === CONTAINER ? '' : path);
      else if (!isEventColumn(path)) fields[path] = avroField(alternatives, fallback !== undefined);
    }
  };
  add(record, '');
  return { origin: 'avro', eventType: record.name, fields };
}

const AVRO_TYPES: Readonly<Record<string, ExpectedType>> = {
  string: 'text',
  enum: 'text',
  bytes: 'text',
  fixed: 'text',
  int: 'integer',
  long: 'integer',
  float: 'number',
  double: 'number',
  boolean: 'boolean',
};

/** A union with null may be missing, and so may a field with a default. */
function avroField(alternatives: readonly unknown[], hasDefault: boolean): ExpectedField {
  const names = alternatives.map(avroTypeName);
  const symbols = alternatives.flatMap((one) => AvroEnum.safeParse(one).data?.symbols ?? []);
  return {
    types: typesIn(
      names.filter((name) => name !== 'null'),
      AVRO_TYPES,
    ),
    isRequired: !names.includes('null') && !hasDefault,
    oneOf: symbols.length === 0 ? null : symbols,
  };
}

const AvroEnum = z.object({ type: z.literal('enum'), symbols: z.array(z.string()) });
const AvroNamed = z.object({ type: z.unknown() });

function avroTypeName(type: unknown): string {
  if (typeof type === 'string') return type;
  const inner = AvroNamed.safeParse(type).data?.type;
  return typeof inner === 'string' ? inner : '';
}

type JsonSchema = {
  title?: string | undefined;
  type?: string | string[] | undefined;
  properties?: Record<string, JsonSchema> | undefined;
  required?: string[] | undefined;
  enum?: unknown[] | undefined;
  const?: unknown;
};
const JsonSchema: z.ZodType<JsonSchema> = z.lazy(() =>
  z.object({
    title: z.string().optional(),
    type: z.union([z.string(), z.array(z.string())]).optional(),
    properties: z.record(z.string(), JsonSchema).optional(),
    required: z.array(z.string()).optional(),
    enum: z.array(z.unknown()).optional(),
    const: z.unknown().optional(),
  }),
);

function fromJsonSchema(schema: unknown): Expectation {
  const parsed = JsonSchema.safeParse(schema);
  if (!parsed.success || parsed.data.properties === undefined)
    throw new AppError('bad-input', 'expected an Avro record or a JSON Schema of an object with properties');
  const fields: Record<string, ExpectedField> = {};
  const add = ({ properties = {}, required = [] }: JsonSchema, prefix: string): void => {
    for (const [name, field] of Object.entries(properties)) {
      const path = prefix === '' ? name : `${prefix}.${name}`;
      if (field.properties !== undefined) add(field, path === CONTAINER ? '' : path);
      else if (!isEventColumn(path)) fields[path] = jsonField(field, required.includes(name));
    }
  };
  add(parsed.data, '');
  return { origin: 'json-schema', eventType: parsed.data.title ?? null, fields };
}

const JSON_TYPES: Readonly<Record<string, ExpectedType>> = {
  string: 'text',
  array: 'text', // stored as a set of texts
  number: 'number',
  integer: 'integer',
  boolean: 'boolean',
};

function jsonField({ type, enum: values, const: constant }: JsonSchema, isRequired: boolean): ExpectedField {
  const names = type === undefined ? [] : [type].flat();
  const allowed = (values ?? (constant === undefined ? [] : [constant])).filter(
    (one) => typeof one === 'string',
  );
  return {
    types: typesIn(
      names.filter((name) => name !== 'null'),
      JSON_TYPES,
    ),
    isRequired: isRequired && !names.includes('null'),
    oneOf: allowed.length === 0 ? null : allowed,
  };
}

/** A type that is not known is no reason to complain of every row. */
function typesIn(names: readonly string[], known: Readonly<Record<string, ExpectedType>>): ExpectedType[] {
  const types = names.map((name) => known[name]);
  return types.includes(undefined) ? [] : [...new Set(types.filter((type) => type !== undefined))];
}
