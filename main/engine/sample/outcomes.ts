import { DAY_MS, type DayNumber, isWeekend, localHourOf } from './calendar.ts';
import { EXPERIMENTS, NO_MASTER_CAPTURE_EFFECT, STATE_IDS, UNKNOWN_STATES } from './cast.ts';
import { NEW_USER_DAYS } from './population.ts';
import { BETA_SUFFIX, type PracticeRun, masterEffectOf } from './practice-runs.ts';
import { type Random, createQuota, itemAt } from './random.ts';
import type { Story } from './story.ts';

/** How a completed run ended: with a reaction in its 24 hours, with one outside of them, with one that the taxonomy
 *  does not know, or with none. */
export type Outcome =
  | { kind: 'captured'; state: string }
  | { kind: 'before-completion'; state: string }
  | { kind: 'after-window'; state: string }
  | { kind: 'unknown-state'; state: string }
  | { kind: 'none' };

export interface DayPlan {
  /** Rate that the whole day comes to, 0..1. */
  captureRate: number;
  /** Runs whose reaction carries an unknown state. */
  unknownStates: number;
}

const USUAL_CAPTURE_RATE = 0.884;
const WEEKEND_CAPTURE_EFFECT = -0.008;
const LIFT_CAPTURE_RATE = 0.912;
const NEW_USER_CAPTURE_EFFECT = -0.014;
const EXPERIMENT_CAPTURE_EFFECT = 0.017; // either side of the middle
const BEFORE_COMPLETION_SHARE = 0.02; // of the runs without a reaction in time
const AFTER_WINDOW_SHARE = 0.03;
const UNKNOWN_STATES_BY_DAYS_BEFORE_END: Readonly<Record<number, number>> = { 2: 8, 1: 9 };

export function dayPlanOf(story: Story, day: DayNumber, random: Random): DayPlan {
  const wobble = Math.max(-0.008, Math.min(0.008, 0.004 * random.normal()));
  const usual = USUAL_CAPTURE_RATE + wobble + (isWeekend(day) ? WEEKEND_CAPTURE_EFFECT : 0);
  return {
    captureRate: day === story.liftDay ? LIFT_CAPTURE_RATE : usual,
    unknownStates: UNKNOWN_STATES_BY_DAYS_BEFORE_END[story.lastDay - day] ?? 0,
  };
}

/** Decides the outcome of each completed run of a day so that the day comes to its planned rate. Runs are taken in
 *  random order: what one practice or master shows then varies as samples do, while the day does not. */
export function outcomesOf(
  story: Story,
  plan: DayPlan,
  day: DayNumber,
  runs: readonly PracticeRun[],
  random: Random,
): Map<PracticeRun, Outcome> {
  const order = random.shuffled(runs.filter(({ completedMs }) => completedMs !== null));
  const outcomes = new Map<PracticeRun, Outcome>();
  const beta = order.slice(0, plan.unknownStates);
  for (const run of beta) {
    run.visit.appVersion = betaVersionAfter(story);
    outcomes.set(run, { kind: 'unknown-state', state: random.pick(UNKNOWN_STATES) });
  }
  const others = order.slice(plan.unknownStates);
  const isCaptured = createQuota(0.5);
  const captured: PracticeRun[] = [];
  captureProbabilities(story, plan, day, others, order.length).forEach((probability, i) => {
    const run = itemAt(others, i);
    if (isCaptured(probability)) captured.push(run);
    else outcomes.set(run, missedOutcome(run, day, random));
  });
  statesOf(story, day, captured, random).forEach((state, i) => {
    outcomes.set(itemAt(captured, i), { kind: 'captured', state });
  });
  return outcomes;
}

const betaVersionAfter = ({ releases }: Story): string => {
  const [major, minor] = itemAt(releases, releases.length - 1).version.split('.');
  return `${major}.${Number(minor) + 1}${BETA_SUFFIX}`;
};

function missedOutcome(run: PracticeRun, day: DayNumber, random: Random): Outcome {
  const draw = random.next();
  if (draw >= BEFORE_COMPLETION_SHARE + AFTER_WINDOW_SHARE) return { kind: 'none' };
  const state = oneStateOf(day, run, random);
  return { kind: draw < BEFORE_COMPLETION_SHARE ? 'before-completion' : 'after-window', state };
}

/** Probabilities that sum to the planned rate of `ofRuns` runs; on low days the whole loss lies in the release. */
function captureProbabilities(
  story: Story,
  plan: DayPlan,
  day: DayNumber,
  runs: readonly PracticeRun[],
  ofRuns: number,
): number[] {
  const raw = runs.map((run) => baseProbability(story, day, run));
  const usual = shiftedTo(raw, plan.captureRate * ofRuns, () => true);
  const low = story.drop?.days.indexOf(day) ?? -1;
  if (story.drop === null || low === -1) return usual;
  const lowRate = itemAt(story.drop.captureRates, low);
  return shiftedTo(usual, lowRate * ofRuns, (i) => isAffected(story, day, itemAt(runs, i)));
}

/** Moves the chosen probabilities by one amount so that all sum to `sum`, as far as 0..1 allows. */
function shiftedTo(
  probabilities: readonly number[],
  sum: number,
  isChosen: (index: number) => boolean,
): number[] {
  const chosen = probabilities.filter((_, i) => isChosen(i)).length;
  if (chosen === 0) return [...probabilities];
  const shift = (sum - probabilities.reduce((total, one) => total + one, 0)) / chosen;
  return probabilities.map((one, i) => (isChosen(i) ? Math.max(0.02, Math.min(1, one + shift)) : one));
}

export const isAffected = ({ drop }: Story, day: DayNumber, { visit, practice }: PracticeRun): boolean =>
  drop !== null &&
  drop.days.includes(day) &&
  visit.appVersion === drop.release.version &&
  drop.practiceIds.has(practice.id);

function baseProbability(story: Story, day: DayNumber, { practice, masterId, visit }: PracticeRun): number {
  const { user } = visit;
  const experiment = EXPERIMENTS[0];
  const inExperiment =
    story.drop !== null && day >= story.lastDay - experiment.firstDaysBeforeEnd && user.id !== null;
  const experimentEffect = user.arm === 1 ? EXPERIMENT_CAPTURE_EFFECT : -EXPERIMENT_CAPTURE_EFFECT;
  return (
    practice.captureRate +
    masterEffectOf(masterId, NO_MASTER_CAPTURE_EFFECT) +
    user.market.captureEffect +
    (isNewAt(visit.startMs, user.firstSeenMs) ? NEW_USER_CAPTURE_EFFECT : 0) +
    (inExperiment ? experimentEffect : 0)
  );
}

const isNewAt = (tsMs: number, firstSeenMs: number): boolean => tsMs < firstSeenMs + NEW_USER_DAYS * DAY_MS;

/** State of each captured run, in order: every state gets the day's share by quota, one state after the other. */
function statesOf(story: Story, day: DayNumber, runs: readonly PracticeRun[], random: Random): string[] {
  const tilt = STATE_IDS.map(() => 1 + 0.05 * random.normal());
  const affected = runs.map((run) => isAffected(story, day, run));
  const affectedShare = affected.filter(Boolean).length / runs.length;
  const chances = runs.map((run, i) => {
    const usual = stateChances(day, run, tilt);
    return affected[i] === true ? withRise(story, day, usual, affectedShare) : usual;
  });
  const states = runs.map(() => itemAt(STATE_IDS, itemAt(dealingOrder(story), STATE_IDS.length - 1)));
  const openShares = runs.map(() => 1); // what the states not dealt yet still hold of each run
  const isOpen = runs.map(() => true);
  for (const state of dealingOrder(story)) {
    const takesRun = createQuota(random.next());
    chances.forEach((shares, run) => {
      if (isOpen[run] !== true) return;
      const share = itemAt(shares, state);
      if (takesRun(share / itemAt(openShares, run))) {
        states[run] = itemAt(STATE_IDS, state);
        isOpen[run] = false;
      }
      openShares[run] = itemAt(openShares, run) - share;
    });
  }
  return states;
}

/** The rising state is dealt first, so that its share is the exact one. */
function dealingOrder({ drop }: Story): number[] {
  const rising = STATE_IDS.indexOf(drop?.risingState ?? '');
  const others = STATE_IDS.map((_, i) => i).filter((i) => i !== rising);
  return rising === -1 ? others : [rising, ...others];
}

/** A state drawn for itself alone, outside every quota. */
export function oneStateOf(day: DayNumber, run: PracticeRun, random: Random): string {
  const even = STATE_IDS.map(() => 1);
  return itemAt(STATE_IDS, random.weighted(stateChances(day, run, even)));
}

/** Shares of the states for one run; they sum to 1. */
function stateChances(day: DayNumber, run: PracticeRun, tilt: readonly number[]): number[] {
  const { practice, visit } = run;
  const { user } = visit;
  const isNew = isNewAt(visit.startMs, user.firstSeenMs);
  const isMorningFocus = practice.hours === 'workday' && localHourOf(visit.startMs) < 12;
  const middle = (STATE_IDS.length - 1) / 2;
  const weights = practice.mix.map((weight, i) => {
    const lean = 1 + 0.35 * (user.warmth - 0.5) * ((i - middle) / middle) * 2;
    const early = isNew && i < middle ? 1.25 : 1;
    const focus = isMorningFocus && i === 1 ? 1.9 : 1;
    const weekend = isWeekend(day) && i >= STATE_IDS.length - 3 ? 1.08 : 1;
    return weight * lean * early * focus * weekend * (tilt[i] ?? 1);
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Adds the rise of a low day to a run that the release touches; the other states give way in proportion. */
function withRise(
  { drop }: Story,
  day: DayNumber,
  shares: readonly number[],
  affectedShare: number,
): number[] {
  if (drop === null) return [...shares];
  const rising = STATE_IDS.indexOf(drop.risingState);
  const before = itemAt(shares, rising);
  const after = Math.min(0.9, before + itemAt(drop.risingShares, drop.days.indexOf(day)) / affectedShare);
  return shares.map((share, i) => (i === rising ? after : (share * (1 - after)) / (1 - before)));
}
