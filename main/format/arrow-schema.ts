import { Field, FixedSizeBinary, Float32, Float64, Int32, Schema, Uint16, Uint8 } from 'apache-arrow';
import { AppError } from '../../shared/errors.ts';
import { COLUMN_KEYS, FORMAT_VERSION, SEGMENT_KEYS, idsToText } from './metadata.ts';
import type { ElementType, StoredKind } from './types.ts';

/** What is known of a column before its values are written. */
export interface ColumnShape {
  name: string;
  kind: StoredKind;
  element: ElementType;
  /** Rows without a value; above 0 there is a validity bitmap. */
  missing: number;
  dictionary?: string;
}

export interface SegmentShape {
  environment: string;
  dataset: string;
  day: string;
  eventType: string | null;
  revision: number;
  rows: number;
  columns: readonly ColumnShape[];
  /** Only in the last segment of a commit that puts segments in the place of others. */
  replacement?: SegmentReplacement;
}

/** Ids of segments. */
export interface SegmentReplacement {
  /** Those that go. */
  replaces: readonly number[];
  /** Those that come in the same commit. */
  writtenWith: readonly number[];
}

export const schemaOf = (shape: SegmentShape): Schema =>
  new Schema(shape.columns.map(fieldOf), metadataOf(shape));

function metadataOf({ environment, dataset, day, eventType, revision, replacement }: SegmentShape) {
  return new Map<string, string>([
    [SEGMENT_KEYS.formatVersion, String(FORMAT_VERSION)],
    [SEGMENT_KEYS.environment, environment],
    [SEGMENT_KEYS.dataset, dataset],
    [SEGMENT_KEYS.day, day],
    ...(eventType === null ? [] : ([[SEGMENT_KEYS.eventType, eventType]] as const)),
    [SEGMENT_KEYS.revision, String(revision)],
    ...(replacement === undefined
      ? []
      : ([
          [SEGMENT_KEYS.replaces, idsToText(replacement.replaces)],
          [SEGMENT_KEYS.writtenWith, idsToText(replacement.writtenWith)],
        ] as const)),
  ]);
}

function fieldOf({ name, kind, element, missing, dictionary }: ColumnShape): Field {
  const metadata = new Map<string, string>([[COLUMN_KEYS.kind, kind]]);
  if (dictionary !== undefined) metadata.set(COLUMN_KEYS.dictionary, dictionary);
  return new Field(name, arrowTypeOf(element), missing > 0, metadata);
}

function arrowTypeOf(element: ElementType): Uint8 | Uint16 | Int32 | Float32 | Float64 | FixedSizeBinary {
  switch (element) {
    case 'uint8':
      return new Uint8();
    case 'uint16':
      return new Uint16();
    case 'int32':
      return new Int32();
    case 'float32':
      return new Float32();
    case 'float64':
      return new Float64();
    case 'id16':
      return new FixedSizeBinary(16);
  }
}

const KINDS: ReadonlySet<string> = new Set<StoredKind>(['code', 'number', 'boolean', 'raw', 'id16']);

const ELEMENT_BY_ARROW_TYPE: Readonly<Record<string, ElementType>> = {
  Uint8: 'uint8',
  Uint16: 'uint16',
  Int32: 'int32',
  Float32: 'float32',
  Float64: 'float64',
  'FixedSizeBinary[16]': 'id16',
};

/** The shape of a stored column, told by its field; what no segment can hold is corrupt. */
export function columnShapeOf({ name, type, metadata }: Field, missing: number): ColumnShape {
  const element = ELEMENT_BY_ARROW_TYPE[String(type)];
  if (element === undefined)
    throw new AppError('corrupt', `segment column "${name}" has the type ${String(type)}`);
  const kind = metadata.get(COLUMN_KEYS.kind) ?? '';
  if (!KINDS.has(kind)) throw new AppError('corrupt', `segment column "${name}" has no kind`);
  const dictionary = metadata.get(COLUMN_KEYS.dictionary);
  return {
    name,
    kind: kind as StoredKind,
    element,
    missing,
    ...(dictionary === undefined ? {} : { dictionary }),
  };
}
