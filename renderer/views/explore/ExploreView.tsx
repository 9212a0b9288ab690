import { useEffect, useState } from 'react';
import { formatElapsed } from '../../../shared/format/durations.ts';
import { formatCompact, formatQuantity } from '../../../shared/format/numbers.ts';
import type { QuerySpecInput } from '../../../shared/query/spec.ts';
import { AddressNotice } from '../../app/AddressNotice.tsx';
import { useValues } from '../../link/use-values.ts';
import { SegmentedControl } from '../../parts/SegmentedControl.tsx';
import { useAddress } from '../../state/address-store.ts';
import { type ExplorePart, readSpec } from '../../state/explore-address.ts';
import type { ViewProps } from '../../state/use-view-base.ts';
import { QuestionForm } from './QuestionForm.tsx';
import { QuestionText } from './QuestionText.tsx';
import { ResultTile, TableTile } from './ResultTile.tsx';
import { type Explore, useExplore } from './use-explore.ts';
import { questionInWords } from './words.ts';
import './explore-view.css';

const PARTS = [
  { id: 'chart', label: 'Chart' },
  { id: 'table', label: 'Table' },
  { id: 'json', label: 'JSON' },
  { id: 'all', label: 'All' },
] as const satisfies readonly { id: ExplorePart; label: string }[];

const WAYS = [
  { id: 'form', label: 'Form' },
  { id: 'text', label: 'JSON' },
] as const;

/** Any question, by form or as text, with its answer beside it. */
export function ExploreView(props: ViewProps) {
  const explore = useExplore(props);
  const { base, spec, question } = explore;
  const { workspace, environment, address } = base;
  const { show } = address.explore;
  const go = useAddress((state) => state.go);
  const { values: experiments } = useValues(environment.environment, 'experiment_id', '');
  const [way, setWay] = useState<(typeof WAYS)[number]['id']>('form');
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    document.title = `Explore · ${workspace.name} · Tidemark`;
  }, [workspace.name]);
  const ask = (next: QuerySpecInput) => {
    const read = readSpec(JSON.stringify(next));
    setProblem(read.ok ? null : read.problem);
    if (read.ok) go({ explore: { ...address.explore, spec: next } });
  };
  return (
    <>
      <AddressNotice />
      <header className="page-head page-head-row">
        <div className="page-head-text">
          <div className="page-crumb">Explore</div>
          <h1 className="page-finding" aria-busy={question.state.fetching !== null}>
            <strong>{questionInWords(spec)}.</strong>
            <span>{readInWords(explore)}</span>
          </h1>
        </div>
        <div className="page-head-actions">
          <SegmentedControl
            label="Show the result as"
            choices={PARTS}
            chosen={show}
            onChoose={(part) => {
              go({ explore: { ...address.explore, show: part } });
            }}
          />
        </div>
      </header>
      <div className="page-sheet explore">
        <section className="explore-question" aria-label="What is asked">
          <div className="explore-question-head">
            <h2>Question</h2>
            <SegmentedControl label="Ask by" choices={WAYS} chosen={way} onChoose={setWay} />
          </div>
          {way === 'form' ? (
            <QuestionForm
              spec={spec}
              environment={environment.environment}
              experimentId={experiments?.values[0]?.value ?? 'experiment'}
              onChange={ask}
            />
          ) : (
            <QuestionText spec={spec} onChange={ask} />
          )}
          {problem !== null && (
            <p className="question-problem" role="status">
              Not asked: {problem}
            </p>
          )}
        </section>
        <div className="explore-result" data-show={show}>
          {(show === 'chart' || show === 'all') && <ResultTile explore={explore} />}
          {(show === 'table' || show === 'all') && <TableTile explore={explore} />}
          {(show === 'json' || show === 'all') && <JsonPart explore={explore} />}
        </div>
      </div>
    </>
  );
}

function JsonPart({ explore: { question } }: { explore: Explore }) {
  const answer = question.state.good?.answer;
  const text = answer === undefined ? '' : JSON.stringify(answer, null, 2);
  return (
    <section className="explore-json" aria-label="Answer as JSON">
      <div className="tile-head">
        <h2>JSON</h2>
        <span className="tile-subtitle">the answer as the command line gives it</span>
        <button
          type="button"
          className="button-quiet"
          onClick={() => {
            void navigator.clipboard.writeText(text);
          }}
        >
          Copy
        </button>
      </div>
      <pre tabIndex={0} aria-label="Answer">
        {text}
      </pre>
    </section>
  );
}

function readInWords({ question, table }: Explore): string {
  const answer = question.state.good?.answer;
  if (answer === undefined || table === null) return ' Reading…';
  return ` ${formatQuantity(table.rows.length, 'row')} from ${formatCompact(answer.rowsRead)} events in ${formatElapsed(answer.elapsedMs)}.`;
}
