import type { SampleTables } from '../sample-tables.ts';
import type { Question } from './question.ts';

/** Generated questions are about generated events; these are the words of the sample for theirs. */
type Words = ReadonlyMap<string, string>;

const WORDS: Readonly<Record<string, string>> = {
  test: 'sample',
  click: 'feature_usage',
  purchase: 'payment',
  $signup: 'sign_up',
  mixed: 'duration_ms',
  breath: 'morning_stillness',
  walk: 'walking_practice',
  rest: 'sleep_descent',
  m1: 'mst_okafor',
  m2: 'mst_iyer',
  'nb-NO': 'en-GB',
  'en-us': 'es',
  '/a': '/practices',
  '/b': '/masters',
  '/a/': '/progress',
  'mixed text': 'E_QUOTA',
};

/** Users and sessions are some of those that the sample has. */
export function sampleWords({ tables }: SampleTables): Words {
  const rows = tables.find(({ name }) => name === 'Sessions')?.rows ?? [];
  const some = (column: string): string[] => [...new Set(rows.map((row) => String(row[column])))];
  const users = some('user_id');
  const sessions = some('session_id');
  const named = (names: readonly string[], values: readonly string[]): [string, string][] =>
    names.map((name, index) => [name, values[index * 7] ?? name]);
  return new Map([
    ...Object.entries(WORDS),
    ...named(['usr_a', 'usr_b', 'usr_c', 'usr_ø'], users),
    ...named(['s-1', 's-2', 's-3'], sessions),
  ]);
}

/**
 * The question in those words. Where a join of all events with all events would take a database minutes, it is about
 * events of one type instead of any.
 */
export function inWords(question: Question, words: Words): Question {
  const said = JSON.parse(JSON.stringify(question), (key, value: unknown) => {
    if (typeof value === 'string') return words.get(value) ?? value;
    return key === 'event' && value === null && question.kind === 'funnel' ? 'page_view' : value;
  }) as Question;
  return said;
}
