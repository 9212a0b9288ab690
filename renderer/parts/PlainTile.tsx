import type { ReactNode } from 'react';
import './plain-tile.css';

interface PlainTileProps {
  id: string;
  title: string;
  subtitle?: string;
  /** At the right end of the head. */
  aside?: ReactNode;
  isBusy?: boolean;
  children: ReactNode;
}

/** A part of the sheet that answers no question: what the engine says of itself. */
export function PlainTile({ id, title, subtitle, aside, isBusy = false, children }: PlainTileProps) {
  return (
    <section className="plain-tile" data-tile={id} aria-busy={isBusy} aria-label={title}>
      <div className="plain-tile-head">
        <h2>{title}</h2>
        {subtitle !== undefined && <span title={subtitle}>{subtitle}</span>}
        {aside !== undefined && <div className="plain-tile-aside">{aside}</div>}
      </div>
      {children}
    </section>
  );
}
