import type { ByteDictionary } from '../store/byte-dictionary.ts';
import type { EngineStore } from '../store/engine-store.ts';
import type { EnvironmentState } from '../store/environment-state.ts';
import { CODED_COLUMNS, VALUE_KIND } from '../store/event-columns.ts';
import { CodeSet } from './code-set.ts';
import { bytesFor } from './erase-values.ts';
import type { RefusalList } from './refusal-list.ts';
import { standInOf } from './user-names.ts';

/**
 * Before new values of dictionaries are written: what only refused rows brought is made unreadable, and a value of
 * another row that names a refused user is replaced. Codes keep their places.
 */
export function keepRefusedOut(store: EngineStore): void {
  const { refusals } = store;
  if (refusals.isEmpty) return;
  for (const environment of store.openEnvironments()) {
    const grown = environment.grownDictionaries();
    const used = grown.length === 0 ? null : usedValues(environment);
    for (const { column, dictionary } of grown) clean(dictionary, used?.get(column), refusals);
  }
}

function clean(dictionary: ByteDictionary, used: CodeSet | undefined, refusals: RefusalList): void {
  for (let code = dictionary.committedCount + 1; code <= dictionary.count; code++) {
    if (used?.has(code) !== true) {
      dictionary.overwrite(code, (length) => bytesFor(null, length));
      continue;
    }
    const text = dictionary.textOf(code);
    if (!refusals.isNamedIn(text)) continue;
    const hash = refusals.hashOf(text);
    dictionary.overwrite(code, (length) => bytesFor(standInOf(hash, length), length));
  }
}

/** By dictionary: the values that rows of the batch use. */
function usedValues({ batch, propertyNames }: EnvironmentState): Map<string, CodeSet> {
  const used = new Map<string, CodeSet>();
  const addAll = (column: string, codes: ArrayLike<number>, length: number): void => {
    const set = used.get(column) ?? new CodeSet();
    used.set(column, set);
    for (let i = 0; i < length; i++) set.add(codes[i] ?? 0);
  };
  addAll('event_type', batch.event, batch.rows);
  CODED_COLUMNS.forEach((column, index) => addAll(column, batch.codes[index] ?? [], batch.rows));
  for (const byProperty of batch.properties) {
    byProperty?.forEach((values, propertyId) => {
      if (values === undefined) return;
      const texts = values.values.filter((_, i) => i < values.length && values.kinds[i] === VALUE_KIND.text);
      addAll(`p.${propertyNames[propertyId] ?? ''}`, texts, texts.length);
    });
  }
  return used;
}
