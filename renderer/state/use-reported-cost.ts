import { useEffect } from 'react';
import type { Question } from '../link/use-question.ts';
import { useQueryCost } from './query-cost-store.ts';

/** Tells the status bar what the view cost: its slowest question, and the rows of all. */
export function useReportedCost(questions: readonly Question[]): void {
  const answers = questions.map(({ state }) => state.good?.answer).filter((answer) => answer !== undefined);
  const elapsedMs = answers.length === 0 ? null : Math.max(...answers.map((answer) => answer.elapsedMs));
  const rowsRead = answers.length === 0 ? null : answers.reduce((sum, answer) => sum + answer.rowsRead, 0);
  useEffect(() => {
    useQueryCost.setState({ elapsedMs, rowsRead });
  }, [elapsedMs, rowsRead]);
}
