import type { Question, Series } from './question.ts';

/** Where an answer of SQL and one of the product differ. SQL says less: what it leaves out is not compared. */

export interface Difference {
  path: string;
  bySql: unknown;
  actual: unknown;
}

export const answerDifferences = (question: Question, bySql: unknown, actual: unknown): Difference[] =>
  differencesAt('', bySql, actual, toleranceOf(question));

/** Everything is the same number, but for sums and means, which databases add up in any order, and what lies between two numbers. */
const SUMMED = 1e-9;
const INTERPOLATED = 1e-14;

type Tolerance = (path: string) => number;

function toleranceOf(question: Question): Tolerance {
  if (question.kind === 'trend') {
    const isSummed = question.display === 'cumulative'; // whatever is measured
    const widest = isSummed ? SUMMED : Math.max(...question.series.map(toleranceOfSeries));
    return () => widest;
  }
  return (path) => {
    if (/(^|\.)(sum|mean|meanSeconds|mean_duration)$/.test(path)) return SUMMED;
    return /(^|\.)(medianSeconds|p90Seconds|quantiles\.\d+\.value)$/.test(path) ? INTERPOLATED : 0;
  };
}

const toleranceOfSeries = ({ measure }: Series): number =>
  measure === 'sum' || measure === 'mean' ? SUMMED : measure === 'quantile' ? INTERPOLATED : 0;

/** What SQL leaves out only where there is none of it. */
const ALWAYS_SAID = ['rest', 'breakdowns', 'breakdown'];

function differencesAt(path: string, bySql: unknown, actual: unknown, toleranceAt: Tolerance): Difference[] {
  if (typeof bySql === 'number' && typeof actual === 'number')
    return isClose(bySql, actual, toleranceAt(path)) ? [] : [{ path, bySql, actual }];
  if (!isContainer(bySql) || !isContainer(actual)) return bySql === actual ? [] : [{ path, bySql, actual }];
  if (Array.isArray(bySql) && (!Array.isArray(actual) || bySql.length !== actual.length))
    return [{ path, bySql, actual }];
  const compared = [...Object.keys(bySql), ...ALWAYS_SAID.filter((key) => key in actual && !(key in bySql))];
  return compared.flatMap((key) =>
    differencesAt(path === '' ? key : `${path}.${key}`, bySql[key], actual[key], toleranceAt),
  );
}

const isClose = (a: number, b: number, tolerance: number): boolean =>
  a === b || Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));

const isContainer = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
