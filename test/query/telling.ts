import type { Spec } from '../support/oracle/types.ts';

/** Whether an answer proves anything: one in which nothing happened is given by almost any mistake. */
export function isTelling({ kind }: Spec, result: unknown): boolean {
  const answer = result as Record<string, unknown>;
  switch (kind) {
    case 'trend':
      return numbersIn(answer['series']).some((number) => number !== 0);
    case 'states':
      return numbersIn(answer['total']).some((number) => number !== 0);
    case 'sessions':
      return numbersIn(answer['sessions'] ?? answer['users']).some((number) => number > 0);
    case 'funnel':
      return funnelTells(answer);
    case 'retention':
      return cellsOf(answer).some(({ count }) => count > 0);
    case 'lifecycle':
      return (
        ['new', 'returning', 'resurrected', 'dormant'].filter((status) =>
          numbersIn(answer[status]).some((count) => count > 0),
        ).length > 1
      );
    case 'stickiness':
      return Number(answer['users']) > 1;
    case 'paths':
      return (answer['links'] as unknown[]).length > 0;
    case 'distribution':
      return Number(answer['n']) > 1;
    case 'experiment':
      return experimentTells(answer);
  }
}

/** Somebody got further than the first step, or was timed on the way. */
function funnelTells({ steps, converted, bins }: Record<string, unknown>): boolean {
  if (converted !== undefined) return numbersIn(converted).some((count) => count > 0);
  if (bins !== undefined) return numbersIn(bins).length > 0;
  const counts = (steps as { count: number }[]).map(({ count }) => count);
  return counts.length === 1 ? counts[0] !== 0 : counts.slice(1).some((count) => count > 0);
}

/** Those after the cohort itself. */
function cellsOf({ cohorts }: Record<string, unknown>): { count: number }[] {
  return (cohorts as { cells: { count: number }[] }[]).flatMap(({ cells }) => cells.slice(1));
}

/** Some variant could be compared, or a plan be made. */
function experimentTells(answer: Record<string, unknown>): boolean {
  const { variants } = answer as { variants?: { effect: number | null }[] };
  if (variants === undefined) return answer['power'] !== null && answer['minimumEffect'] !== null;
  return variants.some(({ effect }) => effect !== null);
}

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}
