import { DAY_MS } from '../../store/sort-rows.ts';
import { SourceFault } from '../source-fault.ts';
import type { TableColumn } from '../tables/select-columns.ts';
import type { TableSpan } from '../tables/table-access.ts';
import { named, quoted } from './clickhouse-text.ts';
import { typeOf } from './clickhouse-types.ts';

/** How rows are told apart by the column that they come by; all of it SQL. */
export interface CursorSql {
  /** UTC day, counted from 1970; NULL: no instant. */
  day: string;
  /** Epoch milliseconds. */
  ms: string;
  /** On the bare column, so that its partitions and primary key are of use. */
  within: (span: TableSpan) => string[];
  isUndated: string;
}

const SECOND_MS = 1000;
const LAST_SECOND = 2 ** 32 - 1; // of a DateTime
const LAST_DAY = 2 ** 16 - 1; // of a Date
const FIRST_MS = Date.UTC(1900, 0, 1); // of a DateTime64
const LAST_MS = Date.UTC(2299, 11, 31);

export function cursorSql(column: TableColumn): CursorSql {
  const type = typeOf(column);
  const name = named(column.name);
  const span = (literal: (ms: number) => string, firstMs: number, lastMs: number): CursorSql['within'] =>
    withinOf(name, { literal, firstMs, lastMs, isNullable: type.isNullable });
  const common = { isUndated: type.isNullable ? `isNull(${name})` : '0' };
  switch (type.name) {
    case 'DateTime':
      return {
        ...common,
        day: `intDiv(toUnixTimestamp(${name}), 86400)`,
        ms: `toUnixTimestamp(${name}) * ${SECOND_MS}`,
        within: span((ms) => `toDateTime(${quoted(secondsText(ms))}, 'UTC')`, 0, LAST_SECOND * SECOND_MS),
      };
    case 'DateTime64': {
      const ms = `toUnixTimestamp64Milli(toDateTime64(${name}, 3, 'UTC'))`;
      const literal = (at: number): string => `toDateTime64(${quoted(millisText(at))}, 3, 'UTC')`;
      return { ...common, day: dayOf(ms), ms, within: span(literal, FIRST_MS, LAST_MS) };
    }
    case 'Date':
    case 'Date32': {
      const ms = `toInt64(toInt32(${name})) * ${DAY_MS}`;
      const literal = (at: number): string => `to${type.name}(${quoted(dateText(at))})`;
      const [firstMs, lastMs] = type.name === 'Date' ? [0, LAST_DAY * DAY_MS] : [FIRST_MS, LAST_MS];
      return { ...common, day: `toInt32(${name})`, ms, within: span(literal, firstMs, lastMs) };
    }
    case 'Int64':
    case 'UInt64': {
      const ms = `toInt64(${name})`;
      const firstMs = type.name === 'UInt64' ? 0 : -Infinity;
      return { ...common, day: dayOf(ms), ms, within: span(String, firstMs, Infinity) };
    }
    default:
      throw new SourceFault(
        'schema-drift',
        `"${column.name}" is ${column.type}, by which rows cannot be had in parts; expected a time or epoch ` +
          'milliseconds: give the source a column of arrival, or a view that converts it',
      );
  }
}

interface Bounds {
  literal: (ms: number) => string;
  /** The type holds nothing earlier, or later; its literals least of all. */
  firstMs: number;
  lastMs: number;
  isNullable: boolean;
}

function withinOf(name: string, { literal, firstMs, lastMs, isNullable }: Bounds): CursorSql['within'] {
  return ({ fromMs, toMs }) => [
    ...(isNullable ? [`isNotNull(${name})`] : []),
    ...(fromMs === null || fromMs <= firstMs
      ? []
      : [fromMs > lastMs ? '0' : `${name} >= ${literal(fromMs)}`]),
    ...(toMs === null || toMs > lastMs ? [] : [toMs <= firstMs ? '0' : `${name} < ${literal(toMs)}`]),
  ];
}

const dayOf = (ms: string): string => `toInt64(floor(${ms} / ${DAY_MS}))`;

const millisText = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').slice(0, -1);
/** Values of whole units lie before a moment exactly when they lie before the next whole one. */
const secondsText = (ms: number): string => millisText(Math.ceil(ms / SECOND_MS) * SECOND_MS).slice(0, 19);
const dateText = (ms: number): string => millisText(Math.ceil(ms / DAY_MS) * DAY_MS).slice(0, 10);
