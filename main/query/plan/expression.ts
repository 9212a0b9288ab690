import type { Filter, PropertyFilter } from '../../../shared/query/filter.ts';
import type { Batch } from '../columns/batch.ts';
import { isPresent, storageOf, type NumberColumn, type Storage } from '../columns/storage.ts';
import { narrowByCodes, narrowByTest } from '../kernels/js/narrow.ts';
import type { Scratch } from '../kernels/js/scratch.ts';
import { compileInstantTest, type InstantTest } from './instant-test.ts';
import { compileTest, type ValueTest } from './filter-test.ts';

/** A filter that kernels can run. `all` of nothing passes everything, `any` of nothing passes nothing. */
export type Expression = { kind: 'all' | 'any'; of: Expression[] } | Leaf;

interface Leaf {
  kind: 'leaf';
  property: string;
  test: ValueTest;
  instantTest: InstantTest;
  /** 1 where a code's value passes, by dictionary: the test runs once per value, not per row. */
  passes: Map<string, Uint8Array>;
}

export const PASS_ALL: Expression = { kind: 'all', of: [] };

/** Compiles each filter object once per question, so that every series and event type shares its tables. */
export class FilterCompiler {
  readonly #leaves = new Map<PropertyFilter, Leaf>();

  /** `isUntouched`: properties whose filters leave the rows alone, because their event type cannot have them. */
  compile(filters: readonly Filter[], isUntouched: (property: string) => boolean = () => false): Expression {
    return all(filters.map((filter) => this.#compileOne(filter, isUntouched)));
  }

  #compileOne(filter: Filter, isUntouched: (property: string) => boolean): Expression {
    if ('any' in filter) {
      return any(filter.any.map((branch) => this.#compileOne(branch, isUntouched)));
    }
    return isUntouched(filter.property) ? PASS_ALL : this.#leaf(filter);
  }

  #leaf(filter: PropertyFilter): Leaf {
    const known = this.#leaves.get(filter);
    if (known !== undefined) return known;
    const leaf: Leaf = {
      kind: 'leaf',
      property: filter.property,
      test: compileTest(filter),
      instantTest: compileInstantTest(filter),
      passes: new Map(),
    };
    this.#leaves.set(filter, leaf);
    return leaf;
  }
}

export function all(of: Expression[]): Expression {
  const needed = of.filter((part) => !passesAll(part));
  return needed.length === 1 && needed[0] !== undefined ? needed[0] : { kind: 'all', of: needed };
}

export function any(of: Expression[]): Expression {
  if (of.some(passesAll)) return PASS_ALL;
  return of.length === 1 && of[0] !== undefined ? of[0] : { kind: 'any', of };
}

export const passesAll = (expression: Expression): boolean =>
  expression.kind === 'all' && expression.of.length === 0;

/** Every property that a filter looks at. */
export function propertiesOf(filters: readonly Filter[]): string[] {
  return filters.flatMap((filter) => ('any' in filter ? propertiesOf(filter.any) : [filter.property]));
}

/** Keeps, in place, the rows that pass; returns how many. */
export function narrow(
  expression: Expression,
  batch: Batch,
  rows: Int32Array,
  count: number,
  scratch: Scratch,
): number {
  if (count === 0) return 0;
  switch (expression.kind) {
    case 'leaf':
      return narrowByLeaf(expression, batch, rows, count);
    case 'all':
      return expression.of.reduce((left, part) => narrow(part, batch, rows, left, scratch), count);
    case 'any':
      return narrowByAny(expression.of, batch, rows, count, scratch);
  }
}

function narrowByAny(
  of: Expression[],
  batch: Batch,
  rows: Int32Array,
  count: number,
  scratch: Scratch,
): number {
  const marks = scratch.takeZeroBytes(batch.rows);
  const branchRows = scratch.takeInts(count);
  for (const branch of of) {
    for (let i = 0; i < count; i++) branchRows[i] = rows[i] as number;
    const passed = narrow(branch, batch, branchRows, count, scratch);
    for (let i = 0; i < passed; i++) marks[branchRows[i] as number] = 1;
  }
  scratch.giveInts(branchRows);
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i] as number;
    rows[kept] = row;
    kept += marks[row] as number;
    marks[row] = 0;
  }
  scratch.giveZeroBytes(marks);
  return kept;
}

function narrowByLeaf(leaf: Leaf, batch: Batch, rows: Int32Array, count: number): number {
  const storage = storageOf(batch, leaf.property);
  switch (storage.kind) {
    case 'missing':
      return leaf.test(undefined) ? count : 0;
    case 'constant':
      return leaf.test(storage.value) ? count : 0;
    case 'booleans':
      return narrowByCodes(rows, count, storage.values, passesOfBooleans(leaf));
    case 'numbers':
      return narrowByTest(rows, count, numberTest(leaf, storage.numbers));
    case 'instants':
      return narrowByTest(rows, count, (row) => leaf.instantTest(storage.at(row)));
    case 'codes':
      return narrowByValues(leaf, storage, rows, count);
  }
}

function narrowByValues(
  leaf: Leaf,
  storage: Storage & { kind: 'codes' },
  rows: Int32Array,
  count: number,
): number {
  const passes = passesOf(leaf, storage);
  const { codes, numbers } = storage;
  if (numbers === null) return narrowByCodes(rows, count, codes, passes);
  const passesAsNumber = numberTest(leaf, numbers);
  return narrowByTest(rows, count, (row) =>
    isPresent(numbers.validity, row) ? passesAsNumber(row) : passes[codes[row] as number] === 1,
  );
}

function passesOf(leaf: Leaf, { dictionary, dictionaryName }: Storage & { kind: 'codes' }): Uint8Array {
  const known = leaf.passes.get(dictionaryName);
  if (known !== undefined) return known;
  const passes = new Uint8Array(dictionary.count + 1);
  passes[0] = leaf.test(undefined) ? 1 : 0;
  for (let code = 1; code < passes.length; code++) passes[code] = leaf.test(dictionary.value(code)) ? 1 : 0;
  leaf.passes.set(dictionaryName, passes);
  return passes;
}

const passesOfBooleans = ({ test }: Leaf): Uint8Array =>
  Uint8Array.from([test(undefined), test(false), test(true)], (passes) => (passes ? 1 : 0));

function numberTest({ test }: Leaf, { values, validity }: NumberColumn): (row: number) => boolean {
  const passesMissing = test(undefined);
  return (row) => (isPresent(validity, row) ? test(values[row]) : passesMissing);
}
