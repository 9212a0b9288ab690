import { FunnelSpec } from '../../shared/query/kinds/funnel.ts';

/** What makes a funnel itself, whatever the dates and filters it is asked under. */
export type FunnelDefinition = Pick<
  FunnelSpec,
  'unit' | 'order' | 'steps' | 'window' | 'exclusions' | 'holdConstant' | 'attribution'
>;
export type FunnelStepDefinition = FunnelDefinition['steps'][number];
export type FunnelExclusion = FunnelDefinition['exclusions'][number];

/** The parts of a question that define its funnel. */
export const definitionParts = (spec: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(KEYS.map((key) => [key, spec[key]]));

const KEYS = ['unit', 'order', 'steps', 'window', 'exclusions', 'holdConstant', 'attribution'] as const;
const MOST_CHARACTERS = 8_000; // keeps an address below what every browser keeps

/** Defaults filled in; null for what is no funnel, `why` says what is wrong with it. */
export function checkDefinition(
  input: Record<string, unknown>,
): { definition: FunnelDefinition; why: null } | { definition: null; why: string } {
  const unknown = Object.keys(input).find((key) => !KEYS.some((known) => known === key));
  if (unknown !== undefined) return { definition: null, why: `unknown part "${unknown}"` };
  const parsed = FunnelSpec.safeParse({ kind: 'funnel', environment: 'any', ...input });
  if (!parsed.success) return { definition: null, why: parsed.error.issues[0]?.message ?? 'not a funnel' };
  const { unit, order, steps, window, exclusions, holdConstant, attribution } = parsed.data;
  return { definition: { unit, order, steps, window, exclusions, holdConstant, attribution }, why: null };
}

/** Compact text for an address: only what differs from a question's own defaults. */
export function formatDefinition(definition: FunnelDefinition): string {
  const { steps, exclusions, holdConstant, ...rest } = definition;
  return JSON.stringify({
    steps: steps.map(({ optional, ...step }) => (optional ? { ...step, optional } : step)),
    ...(exclusions.length === 0 ? {} : { exclusions }),
    ...(holdConstant.length === 0 ? {} : { holdConstant }),
    ...rest,
  });
}

export function parseDefinition(text: string): FunnelDefinition | undefined {
  if (text.length > MOST_CHARACTERS) return undefined;
  const input = objectIn(text);
  return input === undefined ? undefined : (checkDefinition(input).definition ?? undefined);
}

export const isSameDefinition = (a: FunnelDefinition, b: FunnelDefinition): boolean =>
  formatDefinition(a) === formatDefinition(b);

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined; // no JSON: the address names the part as not understood
  }
}
