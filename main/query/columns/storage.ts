import { isEventColumn } from '../../../shared/domain/events.ts';
import type { PropertyValue } from '../plan/property-value.ts';
import type { Batch, Codes, Numbers } from './batch.ts';
import type { Dictionary } from './dictionary.ts';

/**
 * Where the values of a property lie in one segment. The same property may be stored differently in the next one:
 * a property that some rows hold as a number and others as a text has codes of every text and the numbers beside them.
 */
export type Storage =
  | { kind: 'missing' }
  | { kind: 'constant'; value: PropertyValue }
  | {
      kind: 'codes';
      codes: Codes;
      dictionary: Dictionary;
      dictionaryName: string;
      numbers: NumberColumn | null;
    }
  | { kind: 'numbers'; numbers: NumberColumn }
  /** 0 missing, 1 false, 2 true. */
  | { kind: 'booleans'; values: Uint8Array }
  /** Milliseconds since 1970; NaN is missing. */
  | { kind: 'instants'; at: (row: number) => number };

export interface NumberColumn {
  values: Numbers;
  /** One bit per row, 1 = present; null: all are. */
  validity: Uint8Array | null;
}

export function isPresent(validity: Uint8Array | null, row: number): boolean {
  return validity === null || (((validity[row >> 3] ?? 0) >> (row & 7)) & 1) === 1;
}

const SEGMENT_NAMES: Readonly<Record<string, string>> = { user_id: 'user', session_id: 'session' };

/** Event columns and properties share one name space; a column wins. */
export function storageOf(batch: Batch, property: string): Storage {
  switch (property) {
    case 'event_type':
      return batch.segment.eventType === null
        ? columnStorage(batch, 'event', null)
        : { kind: 'constant', value: batch.segment.eventType };
    case 'environment':
      return { kind: 'constant', value: batch.segment.environment };
    case 'ts':
      return { kind: 'instants', at: (row) => batch.dayMs + (batch.ms[row] ?? NaN) };
    case 'received_at':
      return receivedAt(batch);
    default:
      return isEventColumn(property)
        ? columnStorage(batch, SEGMENT_NAMES[property] ?? property, null)
        : columnStorage(batch, `p.${property}`, `n.${property}`);
  }
}

function columnStorage(batch: Batch, name: string, numbersName: string | null): Storage {
  const loaded = batch.column(name);
  if (loaded === undefined) return { kind: 'missing' };
  const { column, values, validity } = loaded;
  switch (column.kind) {
    case 'code':
      return {
        kind: 'codes',
        codes: values as Codes,
        dictionary: batch.dictionary(loaded),
        dictionaryName: column.dictionary ?? column.name,
        numbers: numbersName === null ? null : numberColumn(batch, numbersName),
      };
    case 'number':
      return { kind: 'numbers', numbers: { values: values as Numbers, validity } };
    case 'boolean':
      return { kind: 'booleans', values: values as Uint8Array };
    default:
      return { kind: 'missing' };
  }
}

function numberColumn(batch: Batch, name: string): NumberColumn | null {
  const loaded = batch.column(name);
  return loaded === undefined ? null : { values: loaded.values as Numbers, validity: loaded.validity };
}

function receivedAt(batch: Batch): Storage {
  const late = batch.column('late');
  if (late === undefined) return { kind: 'missing' };
  const { values, validity } = late;
  return {
    kind: 'instants',
    at: (row) =>
      isPresent(validity, row) ? batch.dayMs + (batch.ms[row] ?? NaN) + (values[row] ?? NaN) : NaN,
  };
}

/** The numbers of a property: what sums and quantiles are taken of. Texts and booleans have none. */
export function numbersOf(batch: Batch, property: string): NumberColumn | null {
  const storage = storageOf(batch, property);
  if (storage.kind === 'numbers') return storage.numbers;
  return storage.kind === 'codes' ? storage.numbers : null;
}
