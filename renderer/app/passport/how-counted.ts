import { METRIC_FORMULAS } from '../../../shared/domain/metric-formulas.ts';
import { isMetricId } from '../../../shared/domain/metrics.ts';
import { seriesLetter } from '../../../shared/query/formula.ts';
import type { QuerySpecInput } from '../../../shared/query/spec.ts';

/** How the numbers of a question are counted: a name and a formula each. */

export interface CountedLine {
  name: string;
  formula: string;
}

type SpecOf<Kind extends QuerySpecInput['kind']> = Extract<QuerySpecInput, { kind: Kind }>;

export function howCounted(spec: QuerySpecInput): CountedLine[] {
  switch (spec.kind) {
    case 'trend':
      return trendLines(spec);
    case 'states':
      return [metricLine('capture_rate'), metricLine('state_share')];
    case 'sessions':
      return [
        metricLine('session_duration'),
        metricLine('bounce_rate'),
        metricLine('views_per_session'),
        { name: 'Session', formula: `ends after ${spec.gapMinutes ?? 30} minutes without an event` },
      ];
    case 'funnel':
      return funnelLines(spec);
    case 'retention':
      return retentionLines(spec);
    case 'lifecycle':
      return [
        { name: 'New', formula: 'first event ever in the bucket' },
        { name: 'Returning', formula: 'active in this bucket and the one before' },
        { name: 'Resurrected', formula: 'active again after at least one bucket without an event' },
        { name: 'Dormant', formula: 'active in the bucket before, not in this one' },
      ];
    case 'stickiness':
      return [
        {
          name: 'Stickiness',
          formula: `distinct users by the number of ${spec.interval ?? 'day'}s in which they were active${spec.cumulative === true ? ', that many or more' : ''}`,
        },
      ];
    case 'paths':
      return [
        {
          name: 'Link',
          formula: `steps from one item to the next within a path; a pause of ${spec.gapMinutes ?? 30} minutes begins a new path`,
        },
        { name: 'Remainder', formula: 'steps beyond the drawn length of a path' },
      ];
    case 'distribution':
      return [
        {
          name: `Distribution of ${spec.property}`,
          formula:
            'exact quantiles (type 7); mean ± t·s ÷ √n; events without a number are counted as missing',
        },
      ];
    case 'experiment':
      return [
        {
          name: 'Effect',
          formula:
            'Welch t with Satterthwaite degrees of freedom; the relative effect by the delta method; always-valid interval beside it',
        },
      ];
  }
}

function metricLine(metric: keyof typeof METRIC_FORMULAS): CountedLine {
  const { label, formula } = METRIC_FORMULAS[metric];
  return { name: label, formula };
}

function trendLines({ series, formulas = [] }: SpecOf<'trend'>): CountedLine[] {
  const lines = series.map(({ measure = 'events', name, property, q, of, ...ref }, index): CountedLine => {
    const prefix = formulas.length === 0 ? '' : `${seriesLetter(index)}: `;
    if (isMetricId(measure)) {
      const line = metricLine(measure);
      return { ...line, name: prefix + line.name };
    }
    const what = refInWords(ref);
    return {
      name: prefix + (name ?? what),
      formula: measureInWords({ measure, what, property, q, of: of === undefined ? '' : refInWords(of) }),
    };
  });
  return [...lines, ...formulas.map((formula) => ({ name: 'Formula', formula }))];
}

interface MeasureWords {
  measure: string;
  what: string;
  property: string | undefined;
  q: number | undefined;
  of: string;
}

function measureInWords({ measure, what, property = '', q = 0, of }: MeasureWords): string {
  switch (measure) {
    case 'events':
      return `${what} events`;
    case 'users':
      return `distinct users with ${what}`;
    case 'sessions':
      return `distinct sessions with ${what}`;
    case 'weekly_active':
      return `distinct users with ${what} in 7 trailing days`;
    case 'monthly_active':
      return `distinct users with ${what} in 30 trailing days`;
    case 'quantile':
      return `${q * 100}% quantile (type 7) of ${property} of ${what}`;
    case 'ratio':
      return `${what} ÷ ${of}`;
    default:
      return `${measure} of ${property} of ${what}`;
  }
}

interface Reference {
  event?: string | null;
  anyOf?: readonly { event?: string | null }[];
}

/** Events are checked where they are asked; here they are only named. */
function refInWords(ref: unknown): string {
  const { event, anyOf } = ref as Reference;
  const names = anyOf === undefined ? [event] : anyOf.map((each) => each.event);
  return names.map((name) => name ?? 'any event').join(' or ');
}

function funnelLines({ unit = 'user', order = 'ordered', window, steps }: SpecOf<'funnel'>): CountedLine[] {
  const who = typeof unit === 'string' ? `${unit}s` : `values of ${unit.property}`;
  const { value = 14, unit: length = 'day' } = window ?? {};
  return [
    {
      name: 'Steps',
      formula: `distinct ${who} at the furthest step of all their tries, ${order}, within ${value} ${length}${value === 1 ? '' : 's'} of the first step`,
    },
    {
      name: 'From last',
      formula: 'count of the step ÷ count of the required step before it; Wilson 95% interval',
    },
    { name: 'From first', formula: `count of the step ÷ count of step 1 of ${steps.length}` },
  ];
}

function retentionLines(spec: SpecOf<'retention'>): CountedLine[] {
  const { anchor, mode = 'calendar', type = 'recurring', interval = 'day', minimumReturns = 1 } = spec;
  const modes = {
    calendar: `in that calendar ${interval}`,
    rolling: `in that ${interval} or any later one`,
    '24h': `in that ${interval} counted from their own first event`,
  };
  return [
    {
      name: 'Cohort',
      formula: `distinct users with ${refInWords(anchor)} in the ${interval}${type === 'recurring' ? '' : ', for the first time'}`,
    },
    {
      name: 'Back',
      formula: `of these, users with ${refInWords(spec.return)} ${modes[mode]}${minimumReturns > 1 ? `, ${minimumReturns} times or more` : ''} ÷ cohort`,
    },
  ];
}
