import type { Question } from '../link/use-question.ts';
import { NumberButton } from './NumberButton.tsx';
import { Swatch } from './Swatch.tsx';
import type { KeyFigure } from './key-figure.ts';
import './key-figures.css';

interface KeyFiguresProps {
  figures: readonly KeyFigure[];
  /** What the figures are read off. */
  questions: readonly Question[];
}

export function KeyFigures({ figures, questions }: KeyFiguresProps) {
  return (
    <dl className="key-figures" data-count={figures.length}>
      {figures.map(({ id, label, value, delta, isFailing, slot, title }) => (
        <div key={id} className="key-figure" data-figure={id} title={title}>
          <dt>{label}</dt>
          <dd>
            <span className="key-figure-value">
              {slot !== undefined && <Swatch slot={slot} large />}
              <NumberButton title={label} value={value} detail={title} questions={questions} />
            </span>
            <span className="key-figure-delta" data-failing={isFailing}>
              {delta}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
