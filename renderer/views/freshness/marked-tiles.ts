import type { MarkedType } from '../../../shared/rpc/contract/freshness.ts';
import { DEFAULT_COHORTS } from '../../state/cohorts-address.ts';
import { DEFAULT_FUNNELS } from '../../state/funnels-address.ts';
import type { TileId, ViewId } from '../../state/address.ts';
import { standardFunnel } from '../../state/standard-funnels.ts';

export interface MarkedTile {
  tile: TileId;
  title: string;
  view: ViewId;
  because: MarkedType['because'];
}

const SESSIONS = ['session_completed'];
const REACTIONS = ['reaction_captured'];
const BOTH = [...SESSIONS, ...REACTIONS];

const cohortTypes = [DEFAULT_COHORTS.anchor, DEFAULT_COHORTS.return].filter((type) => type !== null);
const funnelTypes =
  typeof DEFAULT_FUNNELS.funnel === 'string'
    ? standardFunnel(DEFAULT_FUNNELS.funnel).definition.steps.flatMap(({ event }) =>
        typeof event === 'string' ? [event] : [],
      )
    : [];

/** What each tile reads as its view opens. A view that asks of other events says so on its own tiles. */
const TILES: readonly { tile: TileId; title: string; view: ViewId; reads: readonly string[] }[] = [
  { tile: 'capture-rate', title: 'Capture rate', view: 'practices', reads: BOTH },
  { tile: 'master-impact', title: 'Master impact', view: 'practices', reads: BOTH },
  { tile: 'reaction-states', title: 'Reaction states', view: 'practices', reads: REACTIONS },
  { tile: 'states-by-practice', title: 'States by practice', view: 'practices', reads: BOTH },
  { tile: 'funnel-steps', title: 'Steps', view: 'funnels', reads: funnelTypes },
  { tile: 'funnel-time', title: 'Time to convert', view: 'funnels', reads: funnelTypes },
  { tile: 'funnel-groups', title: 'By group', view: 'funnels', reads: funnelTypes },
  { tile: 'retention', title: 'Retention', view: 'cohorts', reads: cohortTypes },
  { tile: 'retention-curves', title: 'New and returning', view: 'cohorts', reads: cohortTypes },
  { tile: 'retention-shift', title: 'Cohort shift', view: 'cohorts', reads: cohortTypes },
  { tile: 'first-reaction', title: 'By first reaction', view: 'cohorts', reads: [...cohortTypes, ...REACTIONS] },
];

/** The tiles that carry "Freshness degraded" now, and why. */
export function markedTiles(marked: readonly MarkedType[]): MarkedTile[] {
  return TILES.flatMap(({ reads, ...tile }) => {
    const because = marked.filter(({ eventType }) => reads.includes(eventType)).flatMap((one) => one.because);
    const known = new Set<string>();
    const unique = because.filter(({ sourceName, why }) => {
      const key = `${why} ${sourceName}`;
      return known.has(key) ? false : known.add(key);
    });
    return unique.length === 0 ? [] : [{ ...tile, because: unique }];
  });
}
