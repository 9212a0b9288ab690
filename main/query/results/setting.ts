import type { Taxonomy } from '../../../shared/domain/taxonomy.ts';
import type { ResultByKind } from '../../../shared/query/answer.ts';
import type { CohortDefinition } from '../../../shared/query/cohort.ts';
import type { QuerySpec } from '../../../shared/query/spec.ts';
import type { Calendar } from '../../../shared/time/buckets.ts';
import type { EnvironmentView } from '../columns/environment-view.ts';
import type { Period } from '../plan/period.ts';

/** What a question is asked of. */
export interface QuestionSetting {
  view: EnvironmentView;
  calendar: Calendar;
  nowMs: number;
  taxonomy: Taxonomy | null;
  /** The calendar of a question, where it names none that of the workspace. */
  calendarOf: (spec: Pick<QuerySpec, 'zone' | 'weekStart'>) => Calendar;
  /** A saved cohort of the environment; null: there is none. */
  cohortById: (id: string) => CohortDefinition | null;
  /** Grows with every change of a saved cohort. */
  cohortsVersion: number;
}

/** All of an answer that depends on the stored events and the question alone, not on the clock. */
export interface Computed {
  result: ResultByKind[keyof ResultByKind];
  period: Period;
  notes: string[];
  /** Event types that were asked for; null: any. */
  types: ReadonlySet<string> | null;
  rowsRead: number;
  segmentsRead: number;
}
