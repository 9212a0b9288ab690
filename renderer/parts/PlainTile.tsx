import type { ReactNode } from 'react';
import { MarkPins } from '../notes/MarkPins.tsx';
import { TileContext } from '../notes/tile-context.ts';
import { TILE_IDS } from '../state/address.ts';
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
  const tile = TILE_IDS.find((each) => each === id);
  return (
    <section className="plain-tile" data-tile={id} aria-busy={isBusy} aria-label={title}>
      <div className="plain-tile-head">
        <h2>{title}</h2>
        {subtitle !== undefined && <span title={subtitle}>{subtitle}</span>}
        {aside !== undefined && <div className="plain-tile-aside">{aside}</div>}
      </div>
      {tile === undefined ? (
        children
      ) : (
        <TileContext value={tile}>
          <div className="plain-tile-body">
            {children}
            <MarkPins />
          </div>
        </TileContext>
      )}
    </section>
  );
}
