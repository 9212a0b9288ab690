import { PlainTile } from '../../parts/PlainTile.tsx';
import { formatAddress, inView } from '../../state/address.ts';
import { useAddress } from '../../state/address-store.ts';
import { VIEW_LABELS } from '../../state/names.ts';
import type { MarkedTile as Marked } from './marked-tiles.ts';

const WHY: Record<Marked['because'][number]['why'], string> = {
  late: 'is late',
  gap: 'has a gap',
  differs: 'does not match its source',
};

/** The tiles that carry "Freshness degraded", with the view that each stands in. */
export function MarkedTile({ tiles }: { tiles: readonly Marked[] }) {
  const address = useAddress((state) => state.address);
  return (
    <PlainTile id="marked-tiles" title="Tiles marked now" aside={String(tiles.length)}>
      {tiles.length === 0 ? (
        <p className="fresh-quiet">None: what every tile reads is complete.</p>
      ) : (
        <ul className="side-list">
          {tiles.map(({ tile, title, view, because }) => (
            <li
              key={tile}
              data-marked={tile}
              title={because.map(({ sourceName, why }) => `${sourceName} ${WHY[why]}`).join('; ')}
            >
              <span>{title}</span>
              <a href={formatAddress(inView(address, view))} aria-label={`${title} in ${VIEW_LABELS[view]}`}>
                {VIEW_LABELS[view]}
              </a>
            </li>
          ))}
        </ul>
      )}
    </PlainTile>
  );
}
