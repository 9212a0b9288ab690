import { useEffect, useMemo, useState } from 'react';
import { sweepThreshold } from '../../../../shared/alerts/back-test.ts';
import { kindOfSubject } from '../../../../shared/alerts/question.ts';
import type { AlertRule } from '../../../../shared/alerts/rule.ts';
import { formatSubjectValue, ruleSentence } from '../../../../shared/alerts/sentence.ts';
import { formatCount, formatQuantity } from '../../../../shared/format/numbers.ts';
import { toLocalDate } from '../../../../shared/format/local-time.ts';
import type { AlertsState as Stored, SavedRule } from '../../../../shared/rpc/contract/alerts.ts';
import type { WorkspaceInfo } from '../../../../shared/rpc/methods.ts';
import { useServices } from '../../../app/services.ts';
import { useQuestion } from '../../../link/use-question.ts';
import { TextField } from '../../../parts/TextField.tsx';
import { useAddress } from '../../../state/address-store.ts';
import type { EnvironmentInfo } from '../../../state/session-store.ts';
import {
  BACK_TEST_DAYS,
  firingMarks,
  labelledSpans,
  lastPoints,
  seriesIn,
  seriesQuestion,
} from '../points.ts';
import { SeriesTile } from '../SeriesTile.tsx';
import type { Alerts } from '../use-alerts.ts';
import { namesOf } from '../words.ts';
import { isMeasured, lineValues, NEW_RULE } from './draft.ts';
import { Behave } from './Behave.tsx';
import { LineSweep } from './LineSweep.tsx';
import { SentenceForm } from './SentenceForm.tsx';
import { Tell } from './Tell.tsx';

interface RuleEditorProps {
  /** null: a new one. */
  saved: SavedRule | null;
  state: Stored;
  alerts: Alerts;
  workspace: WorkspaceInfo;
  environment: EnvironmentInfo;
}

const SWEEP_STEPS = 40;

/** A rule as a sentence, and what it would have done: nothing is saved before Save. */
export function RuleEditor({ saved, state, alerts, workspace, environment }: RuleEditorProps) {
  const { backend } = useServices();
  const go = useAddress((store) => store.go);
  const shown = useAddress(({ address }) => address.alerts);
  const [rule, setRule] = useState<AlertRule>(saved?.rule ?? NEW_RULE);
  const { zone, now } = workspace;
  const today = toLocalDate(now, zone);
  const name = environment.environment;
  const question = useQuestion('alerts.draft', seriesQuestion(rule.subject, name, today));
  const series = useMemo(
    () => seriesIn(rule.subject, question.state.good?.answer ?? null),
    [rule.subject, question.state.good],
  );
  const own = useMemo(
    () => state.firings.filter(({ itemId }) => itemId === saved?.ruleId),
    [state.firings, saved],
  );
  const labels = useMemo(() => labelledSpans(own, Date.parse(now)), [own, now]);
  const past = useMemo(() => {
    if (series === null) return null;
    const { points, first, test } = lastPoints(series, { days: BACK_TEST_DAYS, rule: dailyOf(rule) });
    const recent = (test?.firings ?? []).filter(({ index }) => index >= first);
    const marks = recent.map(({ index }) => ({
      index: index - first,
      text: 'Fires',
      isOpen: false,
      isAnomaly: rule.condition.kind !== 'threshold',
    }));
    return { points, recent, marks: own.length > 0 ? [...firingMarks(own, points, zone)] : marks };
  }, [series, rule, own, zone]);
  const isRate = kindOfSubject(rule.subject) === 'rate';
  const line = useMemo(() => {
    if (past === null || series === null || rule.condition.kind !== 'threshold') return null;
    const bounds = lineValues(
      past.points.map(({ value, isPartial }) => (isPartial ? null : value)),
      isRate,
    );
    const values = Array.from(
      { length: SWEEP_STEPS + 1 },
      (_, index) => bounds.low + ((bounds.high - bounds.low) * index) / SWEEP_STEPS,
    );
    return { bounds, ...sweepThreshold(dailyOf(rule), series, { values, labels }) };
  }, [past, series, rule, isRate, labels]);
  const leave = () => {
    go({ alerts: { ...shown, rule: null } });
  };
  const save = async () => {
    const input = { environment: name, ruleId: saved?.ruleId ?? null, rule };
    if (await alerts.change(() => backend.call('command.alert.rule.save', input))) leave();
  };
  useSaveKey(save);
  const firings = past?.recent.length ?? 0;
  return (
    <div className="view-column">
      <header className="page-head page-head-row">
        <div className="page-head-text">
          <div className="page-crumb">
            Alerts / {saved === null ? 'New rule' : `${saved.rule.name} / Edit`}
          </div>
          <h1 className="page-finding" aria-busy={past === null}>
            <strong>
              {past === null
                ? 'Reading…'
                : `Fires ${firings === 1 ? 'once' : formatQuantity(firings, 'time')} in the last ${BACK_TEST_DAYS} days.`}
            </strong>
            <span> {past === null ? '' : `${(firings / (BACK_TEST_DAYS / 7)).toFixed(2)} a week.`}</span>
          </h1>
        </div>
        <div className="page-head-actions">
          <button type="button" className="button-quiet" onClick={leave}>
            Discard
          </button>
          {saved !== null && (
            <button
              type="button"
              className="button"
              onClick={() => {
                const { ruleId } = saved;
                void alerts
                  .change(() => backend.call('command.alert.rule.remove', { environment: name, ruleId }))
                  .then((isDone) => {
                    if (isDone) leave();
                  });
              }}
            >
              Remove
            </button>
          )}
          <button
            type="button"
            className="button-primary"
            aria-keyshortcuts="Control+S"
            onClick={() => void save()}
          >
            Save rule
          </button>
        </div>
      </header>
      {alerts.failure !== null && (
        <p className="alert-failure" role="alert">
          {alerts.failure}
        </p>
      )}
      <div className="page-sheet alert-editor">
        <div className="alert-rule-words">
          <label className="alert-name">
            <span>Name</span>
            <TextField
              label="Name"
              value={rule.name}
              isValid={(text) => text.length > 0 && text.length <= 200}
              onSet={(text) => {
                setRule({ ...rule, name: text });
              }}
            />
          </label>
          {isMeasured(rule) ? (
            <SentenceForm rule={rule} environment={environment} onRule={setRule} />
          ) : (
            <p className="alert-note">It watches a saved question; edit its numbers below.</p>
          )}
          <p className="alert-note">{ruleSentence(rule, namesOf(environment))}</p>
        </div>
        <SeriesTile
          id="alert-back-test"
          title="Back test"
          subtitle={`last ${BACK_TEST_DAYS} days, whole days only`}
          question={question}
          subject={rule.subject}
          points={past?.points ?? []}
          today={today}
          shown={{
            threshold:
              rule.condition.kind === 'threshold'
                ? {
                    value: rule.condition.value,
                    side: rule.condition.side,
                    text: `Alert ${rule.condition.side} ${formatSubjectValue(rule.subject, rule.condition.value)}`,
                  }
                : null,
            expected: null,
            judged: null,
            marks: past?.marks ?? [],
            hasIntervals: false,
          }}
        />
        <LineSweep
          rule={rule}
          line={line}
          onValue={(value) => {
            if (rule.condition.kind === 'threshold')
              setRule({ ...rule, condition: { ...rule.condition, value: Number(value.toFixed(6)) } });
          }}
        />
        <section className="alert-firings" aria-label="Firings">
          <div className="alert-head">
            <h2>Firings</h2>
            <span>what this rule would have done</span>
          </div>
          <ul>
            {(past?.recent ?? []).map(({ sinceMs, lowest, endMs }) => (
              <li key={sinceMs}>
                <span>{toLocalDate(sinceMs, zone)}</span>
                <strong>{formatSubjectValue(rule.subject, lowest)}</strong>
                <span>{endMs === null ? 'goes on' : `until ${toLocalDate(endMs - 1, zone)}`}</span>
              </li>
            ))}
          </ul>
          {firings === 0 && past !== null && <p className="alert-note">It would not have fired.</p>}
          <p className="alert-note">{formatCount(labels.length)} of its own firings are labelled.</p>
        </section>
        <Tell rule={rule} state={state} environment={name} onRule={setRule} />
        <Behave rule={rule} now={now} onRule={setRule} />
      </div>
    </div>
  );
}

/** A back test runs over days, also where the rule will count hours. */
const dailyOf = (rule: AlertRule): AlertRule => ({ ...rule, subject: { ...rule.subject, interval: 'day' } });

function useSaveKey(save: () => Promise<void>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key !== 's') return;
      event.preventDefault();
      void save();
    };
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKey);
    };
  });
}
