import { acquisitionCost } from './acquisition.ts';
import { partOf as textOfValue } from './breakdown.ts';
import { exactSum, quantile } from './exact.ts';
import { fits } from './filter.ts';
import {
  type Counted,
  type Ignores,
  type Line,
  type Outcome,
  type Part,
  type Slot,
  onLine,
  partOf,
  pick,
  rateOf,
  ratioOf,
  trailing,
  trailingUsers,
  usersOf,
  valuesOf,
} from './outcome.ts';
import { countRuns, impactOf, practicesOf, runsOf, valuesOfRuns } from './practices.ts';
import { type Question, inSpan } from './question.ts';
import { Refused } from './refused.ts';
import { type Row, numberOf } from './rows.ts';
import { isEventColumn } from './schema.ts';
import { type SessionNumbers, sessionTable } from './session-table.ts';
import { DEFAULT_SESSION_RULES } from './sessionize.ts';
import { signalMetric } from './signals.ts';
import type { Series } from './types.ts';
import { type Bucket, addDays, bucketAt, dateOf, startOfDate } from './zone.ts';

/** Formulas of DATA §4. */

const DAY_MS = 86_400_000;

interface Scene {
  series: Series;
  question: Question;
  /** Events of the type that pass the filters of the question and of the series, those on ignored properties aside. */
  eventsOf: (type: string | null, ignores?: Ignores) => Part;
  /** Events that the series names, else of the usual type (null: of any). */
  namedOr: (usual: string | null) => Part;
}

export function metricOf(id: string, series: Series, question: Question): Counted | null {
  const build = METRICS[id];
  if (!build) return null;
  const filters = series.filters ?? [];
  const { event, anyOf } = series;
  return build({
    series,
    question,
    eventsOf: (type, ignores = () => false) => {
      const rows = question.rows.filter((row) => type === null || row.type === type);
      return partOf(
        rows.filter((row) => question.takesApartFrom(row, filters, ignores)),
        ignores,
      );
    },
    namedOr: (usual) => {
      const named = anyOf ? { anyOf } : { event: event ?? usual };
      return partOf(
        question.rows.filter((row) => fits(named, row) && question.takesApartFrom(row, filters, () => false)),
      );
    },
  });
}

const METRICS: Record<string, (scene: Scene) => Counted> = {
  completed_sessions: ({ eventsOf }) => {
    const completed = eventsOf('session_completed');
    const runs = (line: Line, slot: Slot) => runsOf(pick(completed, line, slot)).size;
    return {
      values: valuesOf(completed),
      units: runs,
      measure: (line, slot) => ({ value: runs(line, slot) }),
    };
  },

  captured_reactions: ({ eventsOf }) => counting(eventsOf('reaction_captured')),

  capture_rate: ({ series, question }) => {
    const practices = practicesOf(question, series.filters ?? []);
    return {
      values: valuesOfRuns(practices),
      units: (line, slot) => countRuns(practices, line, slot).completed,
      measure: (line, slot) => {
        const { captured, completed } = countRuns(practices, line, slot);
        return rateOf(captured, completed);
      },
    };
  },

  master_impact: ({ series, question }) => {
    const filters = series.filters ?? [];
    const own = practicesOf(question, filters);
    const everyone = practicesOf(question, filters, 'master_id');
    const withoutMaster =
      (ignores: Ignores): Ignores =>
      (name) =>
        name === 'master_id' || ignores(name);
    return {
      values: valuesOfRuns(own),
      units: (line, slot) => countRuns(own, line, slot).completed,
      measure: (line, slot) => {
        const peers: Line = {
          has: (row, ignores) => line.has(row, withoutMaster(ignores)),
          hasPair: (completion, reaction, from, ignores) =>
            line.hasPair(completion, reaction, from, withoutMaster(ignores)),
        };
        return impactOf({ own, everyone }, { line, peers }, slot);
      },
    };
  },

  /** Filters on the state and breakdowns by it choose the state: all reactions are the denominator. */
  state_share: ({ eventsOf }) => {
    const chosen = eventsOf('reaction_captured');
    const all = eventsOf('reaction_captured', (property) => property === 'state');
    return { ...shareOf(chosen, all, countOf), units: (line, slot) => pick(chosen, line, slot).length };
  },

  confidence_lift: ({ series, question }) => signalMetric('confidence_lift', series, question),
  goal_completion: ({ series, question }) => signalMetric('goal_completion', series, question),
  abandonment: ({ series, question }) => signalMetric('abandonment', series, question),

  active_users: ({ namedOr }) => {
    const part = namedOr(null);
    const users = (line: Line, slot: Slot) => usersOf(pick(part, line, slot)).size;
    return { values: valuesOf(part), units: users, measure: (line, slot) => ({ value: users(line, slot) }) };
  },
  dau: ({ namedOr, question }) => {
    const part = namedOr(null);
    const users = (line: Line, slot: Slot) => lastDays(part, 1, { line, slot, question });
    return { values: valuesOf(part), units: users, measure: (line, slot) => ({ value: users(line, slot) }) };
  },
  wau: ({ namedOr, question }) => trailingUsers(namedOr(null), 7, question),
  mau: ({ namedOr, question }) => trailingUsers(namedOr(null), 30, question),
  stickiness: ({ namedOr, question }) => {
    const part = namedOr(null);
    return {
      values: valuesOf(part),
      units: (line, slot) => lastDays(part, 30, { line, slot, question }),
      measure: (line, slot) =>
        rateOf(lastDays(part, 1, { line, slot, question }), lastDays(part, 30, { line, slot, question })),
    };
  },

  session_duration: (scene) =>
    sessionMetric(scene, ({ durationSeconds, sessions }) => ratioOf(durationSeconds, sessions)),
  bounce_rate: (scene) => sessionMetric(scene, ({ bounced, entered }) => rateOf(bounced, entered)),
  views_per_session: (scene) =>
    sessionMetric(scene, ({ viewsOfSessions, sessions }) => ratioOf(viewsOfSessions, sessions)),

  /** What only feature events carry does not narrow the active users. */
  feature_adoption: ({ eventsOf }) => {
    const uses = eventsOf('feature_usage');
    const users = (rows: readonly Row[]) => usersOf(rows).size;
    return {
      ...shareOf(uses, eventsOf(null, isNoColumn), users),
      units: (line, slot) => users(pick(uses, line, slot)),
    };
  },

  latency_p50: (scene) => latency(scene, 0.5),
  latency_p95: (scene) => latency(scene, 0.95),
  latency_p99: (scene) => latency(scene, 0.99),

  error_rate: ({ namedOr }) => {
    const all = namedOr('performance_metric');
    return shareOf(partOf(all.rows.filter((row) => hasText(row, 'success', 'false'))), all, countOf);
  },
  throughput: ({ namedOr }) => {
    const part = namedOr(null);
    return {
      values: valuesOf(part),
      units: (line, slot) => pick(part, line, slot).length,
      measure: (line, slot) =>
        ratioOf(pick(part, line, slot).length, (slot.inside.endMs - slot.inside.startMs) / 1000),
    };
  },

  /** Currencies are never added: several of them in one number are refused. */
  revenue_per_user: ({ eventsOf }) => {
    const payments = eventsOf('payment');
    const active = eventsOf(null, isNoColumn);
    return {
      values: valuesOf(payments, active),
      check: (naming, range) => {
        const inRange = payments.rows.filter((row) => inSpan(row, range));
        const currencies = new Set(inRange.map((row) => textOfValue(row.fields.get('currency'))));
        const isSplit = naming?.properties.includes('currency') ?? false;
        if (currencies.size > 1 && !isSplit) throw new Refused('payments in several currencies');
      },
      units: (line, slot) => usersOf(pick(active, line, slot)).size,
      measure: (line, slot) => {
        const amounts = pick(payments, line, slot).map((row) => numberOf(row, 'amount'));
        return ratioOf(
          exactSum(amounts.filter((amount) => amount !== null)),
          usersOf(pick(active, line, slot)).size,
        );
      },
    };
  },

  churn: ({ namedOr, question }) => {
    const part = namedOr(null);
    return {
      values: valuesOf(part),
      units: (line, slot) => usersOf(pick(part, line, slot)).size,
      measure: (line, slot) => {
        const before = usersOf(onLine(part, line).filter((row) => inSpan(row, periodBefore(slot, question))));
        const now = usersOf(pick(part, line, slot));
        return rateOf([...before].filter((user) => !now.has(user)).length, before.size);
      },
    };
  },

  cac: ({ series, question }) => acquisitionCost(series, question),

  nps: ({ eventsOf }) => {
    const answers = scored(eventsOf('feedback_submission'), 'nps');
    return {
      values: valuesOf(answers),
      units: (line, slot) => pick(answers, line, slot).length,
      measure: (line, slot) => {
        const scores = pick(answers, line, slot).map((row) => numberOf(row, 'score') ?? 0);
        const promoters = scores.filter((score) => score >= 9 && score <= 10).length;
        const detractors = scores.filter((score) => score >= 0 && score <= 6).length;
        const ratio = ratioOf(promoters - detractors, scores.length);
        return { ...ratio, value: ratio.value === null ? null : ratio.value * 100 };
      },
    };
  },
  csat: ({ eventsOf }) => {
    const answers = scored(eventsOf('feedback_submission'), 'csat');
    const isSatisfied = (score: number | null) => score === 4 || score === 5;
    return shareOf(
      partOf(answers.rows.filter((row) => isSatisfied(numberOf(row, 'score')))),
      answers,
      countOf,
    );
  },

  follow_up_rate: ({ eventsOf }) => {
    const prompts = eventsOf('chat_interaction').rows.filter(
      (row) => row.fields.get('message_type') === 'user_prompt',
    );
    const followUps = prompts.filter((row) => hasText(row, 'is_follow_up', 'true'));
    return shareOf(partOf(followUps), partOf(prompts), countOf);
  },
  repeat_rate: ({ eventsOf }) => {
    const prompts = eventsOf('prompt_analysed');
    const repeats = prompts.rows.filter((row) => hasText(row, 'repeat', 'true'));
    return shareOf(partOf(repeats), prompts, countOf);
  },

  cost_per_outcome: ({ eventsOf, question }) => {
    const types = ['prompt_analysed', 'cost_savings_identified'];
    const spent = eventsOf('prompt_analysed', (name) => question.cannotHave('prompt_analysed', name, types));
    const outcomes = eventsOf('cost_savings_identified', (name) =>
      question.cannotHave('cost_savings_identified', name, types),
    );
    return {
      values: valuesOf(spent, outcomes),
      units: (line, slot) => pick(outcomes, line, slot).length,
      measure: (line, slot) => {
        const costs = pick(spent, line, slot).map((row) => numberOf(row, 'cost'));
        return ratioOf(exactSum(costs.filter((cost) => cost !== null)), pick(outcomes, line, slot).length);
      },
    };
  },
};

const isNoColumn: Ignores = (property) => !isEventColumn(property);
const hasText = (row: Row, property: string, text: string): boolean =>
  textOfValue(row.fields.get(property)) === text;
const countOf = (rows: readonly Row[]): number => rows.length;

const counting = (part: Part): Counted => {
  const count = (line: Line, slot: Slot) => pick(part, line, slot).length;
  return { values: valuesOf(part), units: count, measure: (line, slot) => ({ value: count(line, slot) }) };
};

function shareOf(numerator: Part, denominator: Part, count: (rows: readonly Row[]) => number): Counted {
  return {
    values: valuesOf(numerator, denominator),
    units: (line, slot) => count(pick(denominator, line, slot)),
    measure: (line, slot) => rateOf(count(pick(numerator, line, slot)), count(pick(denominator, line, slot))),
  };
}

const lastDays = (
  part: Part,
  days: number,
  { line, slot, question }: { line: Line; slot: Slot; question: Question },
) => usersOf(trailing(onLine(part, line), days, slot, { question, longer: 'last day' })).size;

/** The calendar bucket before, or as much time as the whole range before it. */
function periodBefore({ interval, calendarBucket, inside }: Slot, { calendar }: Question): Bucket {
  if (interval !== null) return bucketAt(calendarBucket.startMs - 1, interval, calendar);
  const { zone } = calendar;
  const isMidnight = (ms: number) => startOfDate(dateOf(ms, zone), zone) === ms;
  if (!isMidnight(inside.startMs) || !isMidnight(inside.endMs)) {
    return { startMs: 2 * inside.startMs - inside.endMs, endMs: inside.startMs };
  }
  const days = (Date.parse(dateOf(inside.endMs, zone)) - Date.parse(dateOf(inside.startMs, zone))) / DAY_MS;
  return { startMs: startOfDate(addDays(dateOf(inside.startMs, zone), -days), zone), endMs: inside.startMs };
}

function sessionMetric(
  { series, question }: Scene,
  toOutcome: (numbers: SessionNumbers) => Outcome,
): Counted {
  const table = sessionTable(question, {
    filters: [...question.filters, ...(series.filters ?? [])],
    entryFilters: [],
    rules: DEFAULT_SESSION_RULES,
  });
  return {
    values: (naming, range) => table.within(range).values(naming.of),
    units: (line, { inside, range }) =>
      table.within(range).numbers((row) => line.has(row, () => false), inside).sessions,
    measure: (line, { inside, range }) =>
      toOutcome(table.within(range).numbers((row) => line.has(row, () => false), inside)),
  };
}

function latency(scene: Scene, q: number): Counted {
  const part = scene.namedOr('performance_metric');
  const durations = (line: Line, slot: Slot) =>
    pick(part, line, slot)
      .map((row) => numberOf(row, 'duration_ms'))
      .filter((duration) => duration !== null);
  return {
    values: valuesOf(part),
    units: (line, slot) => durations(line, slot).length,
    measure: (line, slot) => ({ value: quantile(durations(line, slot), q) }),
  };
}

const scored = ({ rows }: Part, type: string): Part =>
  partOf(
    rows.filter((row) => row.fields.get('feedback_type') === type && row.fields.get('score') !== undefined),
  );
