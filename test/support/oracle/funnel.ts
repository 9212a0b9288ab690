import { divide, exactSum, quantile } from './exact.ts';
import { expandedParts } from './expand.ts';
import { type Attributed, EVERYONE, attributedTo, unitValues } from './funnel-attribution.ts';
import { type FunnelRules, funnelRules } from './funnel-rules.ts';
import { type Unit, bestOf, didStep, furthestOf, unitsOf } from './funnel-units.ts';
import { type Try, triesOf } from './funnel-tries.ts';
import { secondsHistogram } from './histogram.ts';
import { listed, membersIf } from './members.ts';
import type { Question } from './question.ts';
import { slotsOf } from './slots.ts';
import type { FunnelSpec } from './types.ts';
import type { Bucket } from './zone.ts';

/** Who gets through steps, from every try of every unit. */
export function answerFunnel(spec: FunnelSpec, question: Question): object {
  const { attribution = 'first' } = spec;
  const rules = funnelRules(spec, question);
  const unitsIn = (range: Bucket) => unitsOf(spec, question, range);
  return expandedParts<Attributed>(
    {
      whole: EVERYONE,
      part: (naming, values) => attributedTo(attribution, naming, values),
      answer: (range, attributed) => {
        const asked = attributed(unitsIn(range), rules);
        const { show = 'steps' } = spec;
        if (show === 'trend') return trendOf(spec, asked, slotsOf(range, spec.interval ?? 'day', question));
        return show === 'time' ? timeOf(spec, asked) : stepsOf(spec, asked);
      },
      values: (naming, range) =>
        unitsIn(range).flatMap((unit) => unitValues(attribution, naming, unit, rules)),
      units: (attributed, range) => {
        const asked = attributed(unitsIn(range), rules);
        if (spec.show !== 'trend') return countsAt(0, passagesOf(asked)).length;
        const slots = slotsOf(range, spec.interval ?? 'day', question);
        return asked.units
          .flatMap((unit) => bestByBucket(unit, asked.rules, slots))
          .filter((best) => best !== null).length;
      },
      omitsEmpty: true,
    },
    spec.breakdown,
    question,
  );
}

type Asked = ReturnType<Attributed>;

/** A unit that counts, with the try that counts. */
interface Passage {
  id: string;
  best: Try;
}

const passagesOf = ({ units, rules }: Asked): Passage[] =>
  units.flatMap(({ id, rows }) => {
    const best = bestOf(triesOf(rows, rules), rules);
    return best ? [{ id, best }] : [];
  });

const countsAt = (step: number, passages: readonly Passage[]): Passage[] =>
  passages.filter(({ best }) => didStep(best, step));

function stepsOf({ members }: FunnelSpec, asked: Asked): object {
  const passages = passagesOf(asked);
  const counts = asked.rules.steps.map((_, step) => countsAt(step, passages).length);
  return {
    steps: asked.rules.steps.map(({ name }, step) => {
      const here = countsAt(step, passages);
      const before = asked.rules.steps.findLastIndex(({ optional }, index) => index < step && !optional);
      const times = here.map(({ best }) => sinceLastStep(best, step)).filter((ms) => ms !== null);
      return {
        name,
        count: here.length,
        fromPrevious: step === 0 ? null : divide(here.length, counts[before] ?? 0),
        fromFirst: divide(here.length, counts[0] ?? 0),
        ...durations(times),
        ...membersIf(
          members,
          here.map(({ id }) => id),
        ),
      };
    }),
  };
}

/** From the last step that the try did before. */
function sinceLastStep({ timesMs }: Try, step: number): number | null {
  const before = timesMs.slice(0, step).findLast((time) => time !== undefined);
  const at = timesMs[step];
  return at === undefined || before === undefined ? null : at - before;
}

function durations(timesMs: readonly number[]) {
  const seconds = timesMs.map((ms) => ms / 1000);
  return {
    meanSeconds: divide(exactSum(timesMs) / 1000, timesMs.length),
    medianSeconds: quantile(seconds, 0.5),
    p90Seconds: quantile(seconds, 0.9),
  };
}

function timeOf({ bins = null }: FunnelSpec, asked: Asked): object {
  const { fromStep, toStep } = asked.rules;
  const timesMs = passagesOf(asked).flatMap(({ best }) => {
    const [from, to] = [best.timesMs[fromStep], best.timesMs[toStep]];
    return from === undefined || to === undefined ? [] : [to - from];
  });
  const { meanSeconds, medianSeconds } = durations(timesMs);
  return { bins: secondsHistogram(timesMs, bins), meanSeconds, medianSeconds };
}

interface Slots {
  calendarBucket: Bucket;
  inside: Bucket;
}

function trendOf({ members }: FunnelSpec, { units, rules }: Asked, slots: readonly Slots[]): object {
  const byUnit = units.map((unit) => ({ id: unit.id, best: bestByBucket(unit, rules, slots) }));
  const idsAt = (bucket: number, step: number) =>
    byUnit.filter(({ best }) => didStep(best[bucket] ?? null, step)).map(({ id }) => id);
  const entered = slots.map((_, bucket) => idsAt(bucket, rules.fromStep));
  const converted = slots.map((_, bucket) => {
    const ids = entered[bucket] ?? [];
    return idsAt(bucket, rules.toStep).filter((id) => ids.includes(id));
  });
  return {
    buckets: slots.map(({ calendarBucket }) => new Date(calendarBucket.startMs).toISOString()),
    entered: entered.map((ids) => ids.length),
    converted: converted.map((ids) => ids.length),
    rate: converted.map((ids, bucket) => divide(ids.length, entered[bucket]?.length ?? 0)),
    ...(members ? { enteredMembers: entered.map(listed), convertedMembers: converted.map(listed) } : {}),
  };
}

/**
 * Each bucket is judged by the tries that begin in it. Where one is lost to an excluded try that got to `toStep`, tries
 * of other buckets that did not get there do not count either.
 */
function bestByBucket(unit: Unit, rules: FunnelRules, slots: readonly Slots[]): (Try | null)[] {
  const tries = triesOf(unit.rows, rules);
  const begunIn = slots.map(({ inside }) =>
    tries.filter(({ startMs }) => startMs >= inside.startMs && startMs < inside.endMs),
  );
  const best = begunIn.map((own) => bestOf(own, rules));
  const isSpoilt =
    rules.order !== 'unordered' &&
    begunIn.some((own, bucket) => best[bucket] === null && gotTo(rules.toStep, own));
  return best.map((one) => (isSpoilt && !didStep(one, rules.toStep) ? null : one));
}

const gotTo = (step: number, tries: readonly Try[]): boolean =>
  tries.some((one) => one.reached === furthestOf(tries) && didStep(one, step));
