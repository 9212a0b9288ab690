import { useEffect, useMemo } from 'react';
import type { AlertFiring, AlertsState as Stored } from '../../../shared/rpc/contract/alerts.ts';
import { LABELS, type Label, type Subject } from '../../../shared/alerts/rule.ts';
import { formatSubjectValue } from '../../../shared/alerts/sentence.ts';
import { toLocalDate } from '../../../shared/format/local-time.ts';
import { useQuestion } from '../../link/use-question.ts';
import { Icon } from '../../parts/Icon.tsx';
import { BACK_TEST_DAYS, firingMarks, labelText, lastPoints, seriesIn, seriesQuestion } from './points.ts';
import { ChangeParts } from './ChangeParts.tsx';
import { SeriesTile } from './SeriesTile.tsx';
import { Timeline } from './Timeline.tsx';
import { firingFinding, subjectOf } from './words.ts';

export type FiringChange = { acknowledged: true } | { resolved: true } | { label: Label | null };

interface FiringDetailProps {
  firing: AlertFiring;
  state: Stored;
  zone: string;
  today: string;
  onChange: (change: FiringChange) => void;
  onEdit: (ruleId: string) => void;
}

const EVIDENCE_DAYS = 35;

/** One firing: the sentence, its evidence, what changed, the back test of its rule, and what happened when. */
export function FiringDetail(props: FiringDetailProps) {
  const { firing, state, onChange, onEdit } = props;
  const subject = useMemo(() => subjectOf(firing, state), [firing, state]);
  const finding = firingFinding(firing, subject);
  useLabelKeys(onChange);
  return (
    <div className="alert-detail">
      <div className="alert-detail-head">
        <p className="alert-sentence">
          <strong>{finding.lead}</strong>
          {finding.rest}
        </p>
        <div className="alert-actions">
          {firing.acknowledgedAt === null && (
            <button
              type="button"
              className="button-primary"
              aria-keyshortcuts="K"
              onClick={() => {
                onChange({ acknowledged: true });
              }}
            >
              Acknowledge
            </button>
          )}
          {firing.status === 'open' && (
            <button
              type="button"
              className="button"
              onClick={() => {
                onChange({ resolved: true });
              }}
            >
              Resolve
            </button>
          )}
          <a className="button" href={firing.evidence.address}>
            Open the view
          </a>
          <fieldset className="alert-labels">
            <legend>This firing is</legend>
            {LABELS.map((label, index) => (
              <button
                key={label}
                type="button"
                className="button"
                aria-pressed={firing.label === label}
                aria-keyshortcuts={String(index + 1)}
                onClick={() => {
                  onChange({ label: firing.label === label ? null : label });
                }}
              >
                {labelText(label, false)}
              </button>
            ))}
          </fieldset>
        </div>
      </div>
      {subject === null ? (
        <p className="alert-note">The question that was watched is no longer saved.</p>
      ) : (
        <Evidence {...props} subject={subject} onEdit={onEdit} />
      )}
    </div>
  );
}

function Evidence({ firing, state, zone, today, onEdit, subject }: FiringDetailProps & { subject: Subject }) {
  const question = useQuestion('alerts.series', seriesQuestion(subject, firing.environment, today));
  const series = useMemo(
    () => seriesIn(subject, question.state.good?.answer ?? null),
    [subject, question.state.good],
  );
  const rule = state.rules.find(({ ruleId }) => ruleId === firing.itemId)?.rule ?? null;
  const own = useMemo(
    () => state.firings.filter(({ itemId, key }) => itemId === firing.itemId && key === firing.key),
    [state.firings, firing],
  );
  const threshold = useMemo(() => {
    if (rule?.condition.kind !== 'threshold') return null;
    const { side, value } = rule.condition;
    return { value, side, text: `Alert ${side} ${formatSubjectValue(subject, value)}` };
  }, [rule, subject]);
  const evidence = useMemo(() => {
    if (series === null) return null;
    const { points } = lastPoints(series, { days: EVIDENCE_DAYS, rule });
    const indexOf = (ms: number): number => points.findIndex(({ date }) => date === toLocalDate(ms, zone));
    const [from, to] = [indexOf(firing.evidence.startMs), indexOf(firing.evidence.endMs - 1)];
    const { expectedLow, expectedHigh, interval } = firing.evidence;
    const expected =
      expectedLow === null || expectedHigh === null || (interval === 'hour' && firing.evidence.k === null)
        ? null
        : { low: expectedLow, high: expectedHigh };
    const judged = to < 0 ? null : { from: Math.max(0, from), to };
    return {
      points,
      shown: { threshold, expected, judged, marks: firingMarks([firing], points, zone), hasIntervals: true },
    };
  }, [series, rule, firing, zone, threshold]);
  const past = useMemo(() => {
    if (series === null) return null;
    const { points, test } = lastPoints(series, { days: BACK_TEST_DAYS, rule });
    const marks = firingMarks(own, points, zone);
    return { points, test, shown: { threshold, expected: null, judged: null, marks, hasIntervals: false } };
  }, [series, rule, own, zone, threshold]);
  return (
    <div className="alert-tiles">
      <SeriesTile
        id="alert-evidence"
        title="Evidence"
        subtitle="daily, 95% interval, expected range"
        question={question}
        subject={subject}
        points={evidence?.points ?? []}
        today={today}
        shown={evidence?.shown ?? NOTHING}
      />
      <ChangeParts evidence={firing.evidence} subject={subject} />
      <SeriesTile
        id="alert-back-test"
        title={rule === null ? 'History' : 'Back test'}
        subtitle={
          rule === null
            ? `the last ${BACK_TEST_DAYS} days and what was found in them`
            : `this rule on the last ${BACK_TEST_DAYS} days: ${past?.test?.firings.length ?? 0} firings`
        }
        question={question}
        subject={subject}
        points={past?.points ?? []}
        today={today}
        shown={past?.shown ?? NOTHING}
        legend={
          rule === null ? undefined : (
            <button
              type="button"
              className="button-quiet"
              onClick={() => {
                onEdit(firing.itemId);
              }}
            >
              Edit rule <Icon name="chevron-right" />
            </button>
          )
        }
      />
      <Timeline firing={firing} state={state} zone={zone} today={today} />
    </div>
  );
}

const NOTHING = { threshold: null, expected: null, judged: null, marks: [], hasIntervals: false };

/** 1 2 3 label, K acknowledges (DESIGN, Views). */
function useLabelKeys(onChange: (change: FiringChange) => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const label = LABELS[Number(event.key) - 1];
      if (label !== undefined) onChange({ label });
      else if (event.key === 'k' || event.key === 'K') onChange({ acknowledged: true });
    };
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKey);
    };
  }, [onChange]);
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement ||
  target instanceof HTMLSelectElement ||
  target instanceof HTMLTextAreaElement;
