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
const SIGNALS = ['signal_pre', 'signal_post'];
const BOTH = [...SESSIONS, ...REACTIONS];

const cohortTypes = [DEFAULT_COHORTS.anchor, DEFAULT_COHORTS.return].filter((type) => type !== null);
const funnelTypes =
  typeof DEFAULT_FUNNELS.funnel === 'string'
    ? standardFunnel(DEFAULT_FUNNELS.funnel).definition.steps.flatMap(({ event }) =>
        typeof event === 'string' ? [event] : [],
      )
    : [];

interface Reading {
  tile: TileId;
  title: string;
  view: ViewId;
  /** Event types, or every one. */
  reads: readonly string[] | 'every';
}

/** What each tile reads as its view opens. A view that asks of other events says so on its own tiles. */
const TILES: readonly Reading[] = [
  { tile: 'capture-rate', title: 'Capture rate', view: 'practices', reads: BOTH },
  { tile: 'master-impact', title: 'Master impact', view: 'practices', reads: BOTH },
  { tile: 'reaction-states', title: 'Reaction states', view: 'practices', reads: REACTIONS },
  { tile: 'states-by-practice', title: 'States by practice', view: 'practices', reads: BOTH },
  { tile: 'masters-list', title: 'Capture against expected', view: 'masters', reads: BOTH },
  { tile: 'masters-over-time', title: 'Difference over time', view: 'masters', reads: BOTH },
  { tile: 'masters-new', title: 'New and returning', view: 'masters', reads: BOTH },
  { tile: 'funnel-steps', title: 'Steps', view: 'funnels', reads: funnelTypes },
  { tile: 'funnel-time', title: 'Time to convert', view: 'funnels', reads: funnelTypes },
  { tile: 'funnel-groups', title: 'By group', view: 'funnels', reads: funnelTypes },
  { tile: 'retention', title: 'Retention', view: 'cohorts', reads: cohortTypes },
  { tile: 'retention-curves', title: 'New and returning', view: 'cohorts', reads: cohortTypes },
  { tile: 'retention-shift', title: 'Cohort shift', view: 'cohorts', reads: cohortTypes },
  {
    tile: 'first-reaction',
    title: 'By first reaction',
    view: 'cohorts',
    reads: [...cohortTypes, ...REACTIONS],
  },
  { tile: 'usage-actives', title: 'Active users', view: 'usage', reads: 'every' },
  { tile: 'usage-stickiness', title: 'Stickiness', view: 'usage', reads: 'every' },
  { tile: 'usage-views', title: 'Page views', view: 'usage', reads: ['page_view'] },
  { tile: 'usage-pages', title: 'Top pages', view: 'usage', reads: ['page_view'] },
  { tile: 'usage-referrers', title: 'Referrers', view: 'usage', reads: 'every' },
  { tile: 'usage-length', title: 'Session length', view: 'usage', reads: 'every' },
  { tile: 'usage-bounce', title: 'Bounce rate', view: 'usage', reads: 'every' },
  { tile: 'feature-adoption', title: 'Adoption', view: 'features', reads: 'every' },
  { tile: 'feature-over-time', title: 'Adoption over time', view: 'features', reads: 'every' },
  { tile: 'feature-plans', title: 'Adoption by plan', view: 'features', reads: 'every' },
  { tile: 'signal-lift', title: 'Confidence lift', view: 'signals', reads: SIGNALS },
  { tile: 'signal-penalty', title: 'Penalty for an abandoned start', view: 'signals', reads: SIGNALS },
  { tile: 'signal-answers', title: 'Goal completion', view: 'signals', reads: SIGNALS },
  { tile: 'signal-goals', title: 'Abandonment', view: 'signals', reads: SIGNALS },
  { tile: 'signal-completeness', title: 'What arrived', view: 'signals', reads: SIGNALS },
  { tile: 'journey-paths', title: 'Paths', view: 'journeys', reads: ['page_view'] },
  { tile: 'journey-links', title: 'Most frequent steps', view: 'journeys', reads: ['page_view'] },
  { tile: 'engagement-active', title: 'Active by hour', view: 'engagement', reads: 'every' },
  { tile: 'engagement-response', title: 'Response time', view: 'engagement', reads: ['chat_interaction'] },
  {
    tile: 'engagement-cost',
    title: 'Cost per outcome',
    view: 'engagement',
    reads: ['prompt_analysed', 'cost_savings_identified'],
  },
  {
    tile: 'engagement-follow-up',
    title: 'Follow-up rate',
    view: 'engagement',
    reads: ['chat_interaction', 'prompt_analysed'],
  },
  { tile: 'engagement-errors', title: 'Errors', view: 'engagement', reads: ['error_tracking'] },
  { tile: 'engagement-error-rate', title: 'Error rate', view: 'engagement', reads: ['performance_metric'] },
  {
    tile: 'engagement-models',
    title: 'By model',
    view: 'engagement',
    reads: ['chat_interaction', 'prompt_analysed'],
  },
  { tile: 'engagement-threads', title: 'Threads', view: 'engagement', reads: ['thread_lifecycle'] },
];

/** The tiles that carry "Freshness degraded" now, and why. */
export function markedTiles(marked: readonly MarkedType[]): MarkedTile[] {
  return TILES.flatMap(({ reads, ...tile }) => {
    const because = marked
      .filter(({ eventType }) => reads === 'every' || reads.includes(eventType))
      .flatMap((one) => one.because);
    const known = new Set<string>();
    const unique = because.filter(({ sourceName, why }) => {
      const key = `${why} ${sourceName}`;
      return known.has(key) ? false : known.add(key);
    });
    return unique.length === 0 ? [] : [{ ...tile, because: unique }];
  });
}
