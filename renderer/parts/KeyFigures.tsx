import { Swatch } from './Swatch.tsx';
import type { KeyFigure } from './key-figure.ts';
import './key-figures.css';

export function KeyFigures({ figures }: { figures: readonly KeyFigure[] }) {
  return (
    <dl className="key-figures" data-count={figures.length}>
      {figures.map(({ id, label, value, delta, isFailing, slot, title }) => (
        <div key={id} className="key-figure" data-figure={id} title={title}>
          <dt>{label}</dt>
          <dd>
            <span className="key-figure-value">
              {slot !== undefined && <Swatch slot={slot} large />}
              <span>{value}</span>
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
