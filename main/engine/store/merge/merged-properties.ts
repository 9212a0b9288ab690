import { blocksOf, readNumbers, readStored } from '../../../format/read-blocks.ts';
import type { StoredColumn } from '../../../format/types.ts';
import type { ByteDictionary } from '../byte-dictionary.ts';
import { VALUE_KIND } from '../event-columns.ts';
import { codeElement } from '../narrow.ts';
import { TEXT_PROPERTIES, codeOfScalar } from '../property-columns.ts';
import type { ColumnFacts } from './column-facts.ts';
import { type MergedColumn, type Sources, factsNamed, numberColumn, storedPart } from './column-parts.ts';
import type { Breathe, MergeSource } from './merge-source.ts';

/**
 * The columns of every property that a taken row has. One that is a number in one source and a text or boolean in
 * another becomes codes of all its texts beside its numbers; new texts join the dictionary of the property.
 */
export async function propertyColumns(sources: Sources): Promise<MergedColumn[]> {
  const columns: MergedColumn[] = [];
  for (const name of propertyNames(sources)) columns.push(...(await columnsOfProperty(sources, name)));
  return columns;
}

function propertyNames({ facts }: Sources): Set<string> {
  const names = new Set<string>();
  for (const bySource of facts) {
    for (const [name, { present }] of bySource)
      if (name.startsWith('p.') && present > 0) names.add(name.slice(2));
  }
  return names;
}

async function columnsOfProperty(sources: Sources, name: string): Promise<MergedColumn[]> {
  const column = `p.${name}`;
  const kinds = new Set(factsNamed(sources, column).map(({ column: { kind } }) => kind));
  const isPlain = kinds.size === 1 && !TEXT_PROPERTIES.has(name);
  if (isPlain && kinds.has('number')) return numberColumn(sources, column, [column]);
  if (isPlain && kinds.has('boolean'))
    return [
      {
        shape: { name: column, kind: 'boolean', element: 'uint8', missing: 0 },
        part: storedPart(sources, column),
      },
    ];
  return [await textColumn(sources, column), ...numberColumn(sources, `n.${name}`, [`n.${name}`, column])];
}

/** Codes of the texts of all values, whatever they are in their sources. */
async function textColumn(sources: Sources, name: string): Promise<MergedColumn> {
  const { all, facts, environment, breathe } = sources;
  const dictionary = environment.dictionary(name);
  const stored = storedPart(sources, name);
  const codes = all.map(() => new Map<number, number>()); // of values that are no codes yet
  let max = Math.max(0, ...facts.map((bySource) => maxCode(bySource.get(name))));
  for (const [index, source] of all.entries()) {
    const column = facts[index]?.get(name)?.column;
    const known = codes[index];
    if (column === undefined || known === undefined || column.kind === 'code') continue;
    max = Math.max(max, await addTexts(source, column, { dictionary, codes: known, breathe }));
  }
  return {
    shape: { name, kind: 'code', element: codeElement(max), missing: 0, dictionary: name },
    part(source, from, to) {
      const column = facts[source]?.get(name)?.column;
      const read = all[source]?.read;
      if (column === undefined || read === undefined || column.kind === 'code')
        return stored(source, from, to);
      const known = codes[source];
      const values =
        column.kind === 'number' ? readNumbers(read, column, from, to) : readStored(read, column, from, to);
      return Int32Array.from(values, (value) => known?.get(value) ?? 0);
    },
  };
}

const maxCode = (facts: ColumnFacts | undefined): number => (facts?.column.kind === 'code' ? facts.max : 0);

interface Texts {
  dictionary: ByteDictionary;
  /** By value; filled. */
  codes: Map<number, number>;
  breathe: Breathe;
}

/** Gives every taken number or boolean of a column the code of its text; returns the largest code. */
async function addTexts(
  { read, segment, taken }: MergeSource,
  column: StoredColumn,
  { dictionary, codes, breathe }: Texts,
): Promise<number> {
  let max = 0;
  for (const { from, to } of blocksOf(segment.rows)) {
    const isNumber = column.kind === 'number';
    const values = isNumber ? readNumbers(read, column, from, to) : readStored(read, column, from, to);
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? 0;
      const isMissing = isNumber ? Number.isNaN(value) : value === 0;
      if (isMissing || taken?.[from + i] === 0 || codes.has(value)) continue;
      const kind = isNumber ? VALUE_KIND.number : value === 1 ? VALUE_KIND.no : VALUE_KIND.yes;
      const code = codeOfScalar(kind, value, dictionary);
      codes.set(value, code);
      max = Math.max(max, code);
    }
    await breathe();
  }
  return max;
}
