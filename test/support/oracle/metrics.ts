import { divide, exactSum, quantile } from './exact.ts';
import { fits } from './filter.ts';
import {
  type Counted,
  type Line,
  type Outcome,
  type Slot,
  rateOf,
  ratioOf,
  trailing,
  usersOf,
} from './outcome.ts';
import { type Question, idIn, inSpan } from './question.ts';
import { type Row, numberOf } from './rows.ts';
import { sessionNumbers } from './session-numbers.ts';
import type { Series } from './types.ts';
import { type Bucket, addDays, bucketAt, dateOf, startOfDate } from './zone.ts';

/** Formulas of DATA §4, as far as events alone define them: `cac` and `cost_per_outcome` need what is not in events. */

const DAY_MS = 86_400_000;

interface Scene {
  series: Series;
  question: Question;
  /** Events of the types that pass the filters of the question and of the series. */
  rowsOf: (...types: string[]) => Row[];
  /** Events of every type, or of the one the series names. */
  anyRows: () => Row[];
}

export function metricOf(id: string, series: Series, question: Question): Counted | null {
  const build = METRICS[id];
  if (!build) return null;
  const types = TYPES[id] ?? null;
  const passing = () =>
    question.rows.filter(
      (row) => question.takesInMetric(row, types) && question.fitsInMetric(series.filters, row, types),
    );
  return build({
    series,
    question,
    rowsOf: (...wanted) => passing().filter((row) => wanted.includes(row.type)),
    anyRows: () => passing().filter((row) => fits({ event: series.event, anyOf: series.anyOf }, row)),
  });
}

const PRACTICE_TYPES = ['session_completed', 'reaction_captured'];
const SIGNAL_TYPES = ['signal_pre', 'signal_post'];

/** Event types of the metrics that read several. */
const TYPES: Record<string, readonly string[]> = {
  completed_sessions: ['session_completed'],
  captured_reactions: ['reaction_captured'],
  capture_rate: PRACTICE_TYPES,
  master_impact: PRACTICE_TYPES,
  state_share: ['reaction_captured'],
  confidence_lift: SIGNAL_TYPES,
  goal_completion: SIGNAL_TYPES,
};

const METRICS: Record<string, (scene: Scene) => Counted> = {
  completed_sessions: ({ rowsOf }) => {
    const completed = rowsOf('session_completed').filter(hasRun);
    return {
      lineRows: completed,
      measure: (line, slot) => ({ value: runsOf(pick(completed, line, slot)).size }),
    };
  },

  captured_reactions: ({ rowsOf }) => simpleCount(rowsOf('reaction_captured')),

  capture_rate: ({ rowsOf }) => {
    const completed = rowsOf('session_completed').filter(hasRun);
    const isCaptured = captureOf(rowsOf('reaction_captured'));
    return {
      lineRows: completed,
      measure: (line, slot) => {
        const { captured, total } = captureCounts(pick(completed, line, slot), isCaptured);
        return rateOf(captured, total);
      },
    };
  },

  /** The filters of the series, or the breakdown by state, choose the state; all reactions are the denominator. */
  state_share: ({ series, question }) => {
    const all = question.rows.filter((row) => row.type === 'reaction_captured' && question.takes(row));
    const chosen = all.filter((row) => question.fitsInMetric(series.filters, row, ['reaction_captured']));
    return {
      lineRows: chosen,
      measure: (line, slot) =>
        rateOf(
          pick(chosen, line, slot).length,
          all.filter((row) => line.hasApartFrom(['state'])(row) && inSpan(row, slot.inside)).length,
        ),
    };
  },

  master_impact: ({ rowsOf }) => {
    const completed = rowsOf('session_completed').filter(hasRun);
    const isCaptured = captureOf(rowsOf('reaction_captured'));
    return {
      lineRows: completed,
      measure: (line, slot) => {
        const everyone = completed.filter((row) => inSpan(row, slot.inside));
        return impactOf(everyone.filter(line.has), everyone, isCaptured);
      },
    };
  },

  confidence_lift: ({ rowsOf, question }) => {
    const pairs = signalPairs(rowsOf, question);
    return {
      lineRows: pairs.map(({ pre }) => pre),
      measure: (line, slot) => {
        const lifts = pairs
          .filter(({ pre }) => line.has(pre) && inSpan(pre, slot.inside))
          .map(({ pre, post }) => (post ? confidence(post) - confidence(pre) : ABANDONED_LIFT));
        return ratioOf(exactSum(lifts), lifts.length);
      },
    };
  },

  goal_completion: ({ rowsOf, question }) => {
    const pairs = signalPairs(rowsOf, question);
    return {
      lineRows: pairs.map(({ pre }) => pre),
      measure: (line, slot) => {
        const own = pairs.filter(({ pre }) => line.has(pre) && inSpan(pre, slot.inside));
        const answers = own.map(({ post }) => post?.fields.get('goal_completed'));
        const worth = answers.map((answer) => (answer === 'yes' ? 1 : answer === 'partly' ? 0.5 : 0));
        return ratioOf(exactSum(worth), own.length);
      },
    };
  },

  active_users: ({ anyRows }) => {
    const rows = anyRows();
    return { lineRows: rows, measure: (line, slot) => ({ value: usersOf(pick(rows, line, slot)).size }) };
  },
  dau: (scene) => trailingUsers(scene, 1),
  wau: (scene) => trailingUsers(scene, 7),
  mau: (scene) => trailingUsers(scene, 30),
  stickiness: ({ anyRows, question }) => {
    const rows = anyRows();
    return {
      lineRows: rows,
      measure: (line, slot) => {
        const own = rows.filter(line.has);
        return rateOf(
          usersOf(trailing(own, 1, slot, question)).size,
          usersOf(trailing(own, 30, slot, question)).size,
        );
      },
    };
  },

  session_duration: (scene) =>
    sessionMetric(scene, (numbers) => ratioOf(numbers.durationSeconds, numbers.sessions)),
  bounce_rate: (scene) => sessionMetric(scene, (numbers) => rateOf(numbers.bounced, numbers.entered)),
  views_per_session: (scene) =>
    sessionMetric(scene, (numbers) => ratioOf(numbers.viewsOfSessions, numbers.sessions)),

  feature_adoption: ({ rowsOf, anyRows }) => {
    const uses = rowsOf('feature_usage');
    const active = anyRows();
    return {
      lineRows: uses,
      measure: (line, slot) => {
        const everyone = active.filter(
          (row) => line.hasApartFrom(['feature_name'])(row) && inSpan(row, slot.inside),
        );
        return rateOf(usersOf(pick(uses, line, slot)).size, usersOf(everyone).size);
      },
    };
  },

  latency_p50: (scene) => latency(scene, 0.5),
  latency_p95: (scene) => latency(scene, 0.95),
  latency_p99: (scene) => latency(scene, 0.99),

  error_rate: (scene) => {
    const rows = performanceRows(scene).filter((row) => typeof row.fields.get('success') === 'boolean');
    return shareOf(rows, (row) => row.fields.get('success') === false);
  },
  throughput: (scene) => {
    const rows = performanceRows(scene);
    return {
      lineRows: rows,
      measure: (line, slot) => {
        const seconds = (slot.inside.endMs - slot.inside.startMs) / 1000;
        return { value: divide(pick(rows, line, slot).length, seconds) };
      },
    };
  },

  /** Currencies are never added: with several of them there is no number. */
  revenue_per_user: ({ rowsOf, anyRows }) => {
    const payments = rowsOf('payment').filter((row) => numberOf(row, 'amount') !== null);
    const active = anyRows();
    return {
      lineRows: payments,
      measure: (line, slot) => {
        const own = pick(payments, line, slot);
        const currencies = new Set(own.map((row) => row.fields.get('currency')));
        const users = usersOf(
          active.filter((row) => line.hasApartFrom(['amount', 'currency'])(row) && inSpan(row, slot.inside)),
        ).size;
        if (currencies.size > 1) return { value: null, numerator: null, denominator: users };
        return ratioOf(exactSum(own.map((row) => numberOf(row, 'amount') ?? 0)), users);
      },
    };
  },

  churn: ({ anyRows, question }) => {
    const rows = anyRows();
    return {
      lineRows: rows,
      measure: (line, slot) => {
        const own = rows.filter(line.has);
        const before = usersOf(own.filter((row) => inSpan(row, periodBefore(slot, question))));
        const now = usersOf(own.filter((row) => inSpan(row, slot.inside)));
        return rateOf([...before].filter((user) => !now.has(user)).length, before.size);
      },
    };
  },

  nps: ({ rowsOf }) => {
    const rows = scoresOf(rowsOf, 'nps');
    return {
      lineRows: rows,
      measure: (line, slot) => {
        const scores = pick(rows, line, slot).map((row) => numberOf(row, 'score') ?? 0);
        const points = scores.map((score) => (score >= 9 ? 100 : score <= 6 ? -100 : 0));
        return { value: divide(exactSum(points), scores.length) };
      },
    };
  },
  csat: ({ rowsOf }) => shareOf(scoresOf(rowsOf, 'csat'), (row) => (numberOf(row, 'score') ?? 0) >= 4),

  follow_up_rate: ({ rowsOf }) =>
    shareOf(
      rowsOf('chat_interaction').filter((row) => row.fields.get('message_type') === 'user_prompt'),
      (row) => row.fields.get('is_follow_up') === true,
    ),
  repeat_rate: ({ rowsOf }) => shareOf(rowsOf('prompt_analysed'), (row) => row.fields.get('repeat') === true),
};

const pick = (rows: readonly Row[], line: Line, slot: Slot): Row[] =>
  rows.filter((row) => line.has(row) && inSpan(row, slot.inside));

const simpleCount = (rows: Row[]): Counted => ({
  lineRows: rows,
  measure: (line, slot) => ({ value: pick(rows, line, slot).length }),
});

const shareOf = (rows: Row[], counts: (row: Row) => boolean): Counted => ({
  lineRows: rows,
  measure: (line, slot) => {
    const own = pick(rows, line, slot);
    return rateOf(own.filter(counts).length, own.length);
  },
});

// Practices

const runOf = (row: Row): string | null => idIn(row, 'practice_session_id');
export const hasRun = (row: Row): boolean => runOf(row) !== null;
const runsOf = (rows: readonly Row[]): Set<string | null> => new Set(rows.map(runOf));

/** A completion is captured by a reaction of the same run, at any time before and up to 24 h after, that end included. */
export function captureOf(reactions: readonly Row[]): (completion: Row) => boolean {
  return (completion) =>
    reactions.some(
      (reaction) => runOf(reaction) === runOf(completion) && reaction.tsMs <= completion.tsMs + DAY_MS,
    );
}

/** Runs count once, captured if one of their completions is. */
export function captureCounts(completed: readonly Row[], isCaptured: (completion: Row) => boolean) {
  return { captured: runsOf(completed.filter(isCaptured)).size, total: runsOf(completed).size };
}

function impactOf(own: readonly Row[], everyone: readonly Row[], isCaptured: (row: Row) => boolean): Outcome {
  const practiceOf = (row: Row) => row.fields.get('practice_id') ?? null;
  const masterOf = (row: Row) => row.fields.get('master_id') ?? null;
  const practices = [...Map.groupBy(own, practiceOf)].map(([practice, mine]) => {
    const all = everyone.filter((row) => practiceOf(row) === practice);
    const counts = captureCounts(all, isCaptured);
    return {
      ...captureCounts(mine, isCaptured),
      rate: counts.captured / counts.total,
      masters: new Set(all.map(masterOf)).size,
    };
  });
  const n = exactSum(practices.map(({ total }) => total));
  const captured = exactSum(practices.map((practice) => practice.captured));
  const expected = exactSum(practices.map(({ total, rate }) => total * rate));
  const variance = exactSum(practices.map(({ total, rate }) => total * rate * (1 - rate)));
  const comparableRuns = exactSum(practices.filter(({ masters }) => masters > 1).map(({ total }) => total));
  const value = divide(captured - expected, n);
  const half = divide(1.96 * Math.sqrt(variance), n);
  return {
    value,
    low: value === null || half === null ? null : value - half,
    high: value === null || half === null ? null : value + half,
    comparable: divide(comparableRuns, n),
  };
}

// Signals

const ABANDONED_LIFT = -1;
const confidence = (row: Row): number => numberOf(row, 'confidence') ?? 0;

/** Every pre-signal with its post-signal, where it has one; dated by the pre-signal. Of several the earliest counts. */
function signalPairs(rowsOf: Scene['rowsOf'], _question: Question): { pre: Row; post: Row | undefined }[] {
  const earliest = (rows: Row[]) =>
    new Map(
      [...rows]
        .sort((a, b) => b.tsMs - a.tsMs || (a.id < b.id ? 1 : -1))
        .map((row) => [idIn(row, 'signal_id'), row]),
    );
  const posts = earliest(rowsOf('signal_post'));
  return [...earliest(rowsOf('signal_pre'))]
    .filter(([signal]) => signal !== null)
    .map(([signal, pre]) => ({ pre, post: posts.get(signal) }));
}

// Users

function trailingUsers({ anyRows, question }: Scene, days: number): Counted {
  const rows = anyRows();
  return {
    lineRows: rows,
    measure: (line, slot) => ({ value: usersOf(trailing(rows.filter(line.has), days, slot, question)).size }),
  };
}

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
  { anyRows, question }: Scene,
  toOutcome: (numbers: ReturnType<typeof sessionNumbers>) => Outcome,
): Counted {
  const rows = anyRows();
  const kept = new Set(rows);
  return {
    lineRows: rows,
    measure: (line, slot) =>
      toOutcome(
        sessionNumbers(pick(rows, line, slot), question.sessionOf, (row) => kept.has(row) && line.has(row)),
      ),
  };
}

// System and feedback

const performanceRows = ({ series, rowsOf, anyRows }: Scene): Row[] =>
  series.event === undefined && series.anyOf === undefined ? rowsOf('performance_metric') : anyRows();

function latency(scene: Scene, q: number): Counted {
  const rows = performanceRows(scene).filter((row) => numberOf(row, 'duration_ms') !== null);
  return {
    lineRows: rows,
    measure: (line, slot) => ({
      value: quantile(
        pick(rows, line, slot).map((row) => numberOf(row, 'duration_ms') ?? 0),
        q,
      ),
    }),
  };
}

const scoresOf = (rowsOf: Scene['rowsOf'], type: string): Row[] =>
  rowsOf('feedback_submission').filter(
    (row) => row.fields.get('feedback_type') === type && numberOf(row, 'score') !== null,
  );
