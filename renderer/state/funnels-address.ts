import { type AddressReader, oneOf, wholeNumber } from './address-reader.ts';
import { type CohortChoice, parseCohortChoice } from './cohort-choice.ts';
import { type FunnelDefinition, formatDefinition, parseDefinition } from './funnel-definition.ts';
import { STANDARD_FUNNEL_IDS, type StandardFunnelId } from './standard-funnels.ts';

export type FunnelChoice = StandardFunnelId | FunnelDefinition;

/** What the Funnels view shows, beside dates and filters. */
export interface FunnelsState {
  funnel: FunnelChoice;
  /** The version in the builder; null: the builder is closed. */
  draft: FunnelDefinition | null;
  /** Step whose panel is open. */
  step: number | null;
  /** Steps that the time to convert is measured between; null: the last two. */
  time: { from: number; to: number } | null;
  breakdown: BreakdownChoice;
  /** Whose funnel it is compared with instead of other dates; null: nobody's. */
  against: CohortChoice | null;
}

/** An event property, or one of the people. */
export interface BreakdownChoice {
  source: 'event' | 'user';
  property: string;
}

export const DEFAULT_FUNNELS: FunnelsState = {
  funnel: 'practice-to-reaction',
  draft: null,
  step: null,
  time: null,
  breakdown: { source: 'event', property: 'app_version' },
  against: null,
};

const MOST_STEPS = 20;
const USER = 'user:';

export function formatFunnels(query: URLSearchParams, state: FunnelsState): void {
  const { funnel, draft, step, time, breakdown, against } = state;
  if (typeof funnel === 'object') query.set('define', formatDefinition(funnel));
  else if (funnel !== DEFAULT_FUNNELS.funnel) query.set('funnel', funnel);
  if (draft !== null) query.set('draft', formatDefinition(draft));
  if (step !== null) query.set('step', String(step + 1));
  if (time !== null) query.set('time', `${time.from + 1}-${time.to + 1}`);
  if (formatBreakdown(breakdown) !== formatBreakdown(DEFAULT_FUNNELS.breakdown))
    query.set('by', formatBreakdown(breakdown));
  if (against !== null) query.set('against', against);
}

export function readFunnels(read: AddressReader): FunnelsState {
  const named = read.one('funnel', oneOf(STANDARD_FUNNEL_IDS));
  const defined = read.one('define', parseDefinition);
  const step = read.one('step', wholeNumber(1, MOST_STEPS));
  return {
    funnel: defined ?? named ?? DEFAULT_FUNNELS.funnel,
    draft: read.one('draft', parseDefinition) ?? null,
    step: step === undefined ? null : step - 1,
    time: read.one('time', parseTime) ?? null,
    breakdown: read.one('by', parseBreakdown) ?? DEFAULT_FUNNELS.breakdown,
    against: read.one('against', parseCohortChoice) ?? null,
  };
}

export const formatBreakdown = ({ source, property }: BreakdownChoice): string =>
  source === 'user' ? USER + property : property;

export function parseBreakdown(text: string): BreakdownChoice | undefined {
  const isUser = text.startsWith(USER);
  const property = isUser ? text.slice(USER.length) : text;
  if (property.length === 0 || property.length > 256) return undefined;
  return { source: isUser ? 'user' : 'event', property };
}

function parseTime(text: string): { from: number; to: number } | undefined {
  const [from, to, ...more] = text.split('-').map(wholeNumber(1, MOST_STEPS));
  if (from === undefined || to === undefined || more.length > 0 || from >= to) return undefined;
  return { from: from - 1, to: to - 1 };
}
