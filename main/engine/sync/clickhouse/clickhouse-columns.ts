import type { TableColumn } from '../tables/select-columns.ts';
import { named, quoted } from './clickhouse-text.ts';
import { type BareType, bareType, typeOf } from './clickhouse-types.ts';

export interface SelectOptions {
  /** Values are names, also where they look like numbers. */
  isName: boolean;
  /** Values are instants, also where they are dates. */
  isInstant: boolean;
  /** Keys that are taken out of maps. */
  freeText: readonly string[];
  /** Rows come in columns rather than as JSON, which has no type for every value. */
  isColumnar: boolean;
}

const NUMBERS = /^U?Int(?:8|16|32|64)$/;
const AS_TEXT = /^(?:Date|Date32|Enum8|Enum16|UUID|IPv4|IPv6|U?Int128|U?Int256|Interval\w+)$/;
const PLAIN = /^(?:String|Bool|Float32|Float64|U?Int(?:8|16|32|64))$/;
const SPOKEN_AS_JSON = /^(?:JSON|Object|Variant|Dynamic|Point|Ring|LineString|Polygon|MultiPolygon)$/;

/** What is selected of a column, so that every format says the same of its values. */
export function selectExpression(column: TableColumn, options: SelectOptions): string {
  const type = typeOf(column);
  const name = named(column.name);
  const isDate = type.name === 'Date' || type.name === 'Date32';
  if (type.name === 'DateTime' || type.name === 'DateTime64' || (isDate && options.isInstant))
    return instantText(name);
  if (AS_TEXT.test(type.name)) return `toString(${name})`;
  if (NUMBERS.test(type.name)) return options.isName ? `toString(${name})` : name;
  if (SPOKEN_AS_JSON.test(type.name)) return options.isColumnar ? `toJSONString(${name})` : name;
  switch (type.name) {
    case 'Decimal':
      return options.isName ? `toString(${name})` : `toFloat64(${name})`;
    case 'Float32':
    case 'Float64':
      return `if(isFinite(${name}), ${name}, NULL)`;
    case 'FixedString':
      return `toStringCutToZero(${name})`;
    case 'Array':
      return listExpression(name, type);
    case 'Map':
      return mapExpression(name, type, options);
    default:
      return name;
  }
}

/** `2026-11-19T13:32:00.500Z`, as events write it. */
const instantText = (value: string): string =>
  `concat(replaceOne(toString(toDateTime64(${value}, 3, 'UTC')), ' ', 'T'), 'Z')`;

function listExpression(name: string, { of }: BareType): string {
  const item = bareType(of);
  if (item.name === 'DateTime' || item.name === 'DateTime64')
    return `arrayMap(v -> ${instantText('v')}, ${name})`;
  if (item.name === 'Decimal') return `arrayMap(v -> toFloat64(v), ${name})`;
  return AS_TEXT.test(item.name) ? `arrayMap(v -> toString(v), ${name})` : name;
}

function mapExpression(name: string, { of }: BareType, { freeText, isColumnar }: SelectOptions): string {
  const [key, value] = splitAtComma(of);
  const isText = bareType(key).name === 'String';
  const kept =
    freeText.length === 0 || !isText
      ? name
      : `mapFilter((k, v) -> k NOT IN (${freeText.map(quoted).join(', ')}), ${name})`;
  return isColumnar && !(isText && PLAIN.test(bareType(value).name)) ? `toJSONString(${kept})` : kept;
}

/** At the first comma outside of brackets. */
function splitAtComma(text: string): [string, string] {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')') depth--;
    else if (text[i] === ',' && depth === 0) return [text.slice(0, i), text.slice(i + 1)];
  }
  return [text, ''];
}
