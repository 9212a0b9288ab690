import { useEffect, useRef, useState } from 'react';
import { formatElapsed } from '../../../shared/format/durations.ts';
import { formatLocalMoment, toLocalTime } from '../../../shared/format/local-time.ts';
import { formatCount, formatQuantity, formatRate } from '../../../shared/format/numbers.ts';
import { CohortDefinition } from '../../../shared/query/cohort.ts';
import type { Filter } from '../../../shared/query/filter.ts';
import type { QuerySpecInput } from '../../../shared/query/spec.ts';
import type { GoodAnswer } from '../../link/coordinator.ts';
import { definitionInWords } from '../../cohorts/definition-words.ts';
import { questionKey } from '../../link/question-key.ts';
import { Icon } from '../../parts/Icon.tsx';
import { savedChoice } from '../../state/cohort-choice.ts';
import { filterInWords } from '../../state/filter-words.ts';
import { useNotice } from '../../state/notice-store.ts';
import { type PassportSubject, usePassport } from '../../state/passport-store.ts';
import { cohortLabel } from '../../state/saved-cohorts-store.ts';
import { copyText } from '../copy-text.ts';
import { useServices } from '../services.ts';
import { howCounted } from './how-counted.ts';
import { type Recount, recount } from './recount.ts';
import '../../parts/panel.css';
import './passport.css';

/** Where a number comes from: formula, filters, zone, versions, rows, revision; and a recount on demand. */
export function Passport() {
  const subject = usePassport((state) => state.subject);
  return subject === null ? null : <OpenPassport key={subject.title + subject.detail} subject={subject} />;
}

function OpenPassport({ subject }: { subject: PassportSubject }) {
  const close = usePassport((state) => state.close);
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    panel.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const { title, value, detail, answers } = subject;
  return (
    <aside
      ref={panel}
      className="panel passport"
      role="dialog"
      aria-label={`Passport of ${title}`}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        close();
      }}
    >
      <div className="panel-head">
        <h2>{value === null ? 'Passport of these numbers' : 'Passport of a number'}</h2>
        <button type="button" className="button-icon" aria-label="Close" title="Close (Esc)" onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <div className="panel-body" tabIndex={0} role="region" aria-label="What is known of it">
        <div className="passport-lead">
          {value !== null && <strong>{value}</strong>}
          <p>{value === null ? title : `${title}, ${detail}`}</p>
        </div>
        {answers.length === 0 && <p className="passport-none">No answer has come yet.</p>}
        {answers.map((good) => (
          <OneQuestion key={questionKey(good.spec)} good={good} />
        ))}
      </div>
    </aside>
  );
}

function OneQuestion({ good }: { good: GoodAnswer }) {
  const { spec, answer, atMs } = good;
  const moment = (instant: string | number) => formatLocalMoment(instant, answer.zone);
  return (
    <section className="passport-question" aria-label={howCounted(spec)[0]?.name}>
      <h3>How it is counted</h3>
      <dl>
        {howCounted(spec).map(({ name, formula }) => (
          <Line key={name + formula} name={name} value={formula} />
        ))}
        {narrowedBy(spec).map((text) => (
          <Line key={text} name="Narrowed to" value={text} />
        ))}
        {answer.notes.map((note) => (
          <Line key={note} name="Note" value={note} />
        ))}
      </dl>
      <h3>What it was read from</h3>
      <dl>
        <Line name="Environment" value={spec.environment} />
        <Line name="Dates" value={rangeInWords(spec)} />
        {'compare' in spec && spec.compare != null && (
          <Line name="Compared" value={compareOf(spec.compare)} />
        )}
        <Line name="Zone" value={answer.zone} />
        <Line name="Taxonomy" value={answer.taxonomyVersion ?? 'none'} />
        <Line
          name="Complete to"
          value={answer.completeTo === null ? 'no source says' : moment(answer.completeTo)}
        />
        {answer.lateSources.map(({ name }) => (
          <Line key={name} name="Late" value={name} />
        ))}
        {answer.gaps.map(({ source, from, to, state }) => (
          <Line
            key={source + from}
            name="Gap"
            value={`${source}, ${moment(from)} to ${moment(to)}, ${state}`}
          />
        ))}
        {answer.mismatches.map(({ source, day, ratio }) => (
          <Line
            key={source + day}
            name="Differs"
            value={`${source} on ${day} by ${formatRate(ratio)} of its rows`}
          />
        ))}
        {answer.partial.length > 0 && (
          <Line name="Still open" value={formatQuantity(answer.partial.length, 'bucket')} />
        )}
        <Line name="Rows read" value={formatCount(answer.rowsRead)} />
        <Line name="Segments" value={formatCount(answer.segmentsRead)} />
      </dl>
      <h3>Does it agree</h3>
      <RecountLine good={good} />
      <h3>How it was computed</h3>
      <dl>
        <Line name="Kind" value={spec.kind} />
        <Line name="Store" value={`revision ${formatCount(answer.revision)}`} />
        <Line name="Query" value={formatElapsed(answer.elapsedMs)} />
        <Line name="Answered" value={toLocalTime(atMs, answer.zone).time} />
      </dl>
      <div className="passport-actions">
        <CopySpec spec={spec} />
      </div>
    </section>
  );
}

function Line({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function CopySpec({ spec }: { spec: QuerySpecInput }) {
  return (
    <button
      type="button"
      className="button"
      onClick={() => {
        void copyText(JSON.stringify(spec, null, 2), 'QuerySpec copied');
      }}
    >
      <Icon name="code" />
      Copy as QuerySpec
    </button>
  );
}

function RecountLine({ good }: { good: GoodAnswer }) {
  const { backend } = useServices();
  const [result, setResult] = useState<Recount | null>(null);
  const [isRunning, setRunning] = useState(false);
  const run = async () => {
    if (isRunning) return;
    setRunning(true);
    try {
      setResult(await recount(backend, good));
    } catch (error) {
      useNotice.getState().warn(error instanceof Error ? error.message : 'The recount failed');
    } finally {
      setRunning(false);
    }
  };
  return (
    <div className="passport-recount">
      <button type="button" className="button" aria-disabled={isRunning} onClick={() => void run()}>
        <Icon name="sync" />
        Recount now
      </button>
      <span role="status" data-equal={result?.isEqual}>
        {isRunning ? 'Counting…' : result === null ? 'Not recounted yet' : recountInWords(result)}
      </span>
    </div>
  );
}

export function recountInWords(result: Recount): string {
  const { isEqual, numbers, differing, revisionBefore, revisionNow, elapsedMs } = result;
  const cost = `from ${formatQuantity(result.rowsRead, 'row')} in ${formatElapsed(elapsedMs)}`;
  if (isEqual) return `Equal: ${formatQuantity(numbers, 'number')} counted anew ${cost}`;
  const why =
    revisionNow === revisionBefore
      ? 'of the same revision'
      : `; the store has moved from revision ${formatCount(revisionBefore)} to ${formatCount(revisionNow)}`;
  return `Not equal: ${formatCount(differing)} of ${formatQuantity(numbers, 'number')} differ ${why}`;
}

function narrowedBy(spec: QuerySpecInput): string[] {
  const { filters = [], userFilters = [], cohort = null } = spec;
  // they were answered, so they are filters
  const words = [...(filters as Filter[]), ...(userFilters as Filter[])].map(filterInWords);
  if (cohort === null) return words;
  if (typeof cohort === 'string') return [...words, `cohort ${cohortLabel(savedChoice(cohort))}`];
  if ('new' in cohort) return [...words, cohort.new ? 'new users' : 'returning users'];
  const { data } = CohortDefinition.safeParse(cohort);
  return data === undefined ? words : [...words, definitionInWords(data, null)];
}

function rangeInWords({ range }: QuerySpecInput): string {
  const { from = null, to = null } = range ?? {};
  if (from === null && to === null) return 'all';
  return `${from ?? 'the first event'} to ${to ?? 'now'}`;
}

function compareOf(compare: NonNullable<QuerySpecInput['compare']>): string {
  if (compare === 'previous') return 'previous period';
  if ('shiftDays' in compare) return formatQuantity(compare.shiftDays, 'day') + ' earlier';
  return `${compare.from ?? ''} to ${compare.to ?? ''}`;
}
