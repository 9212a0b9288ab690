import type { Anchor, Target } from '../../shared/annotations/anchor.ts';
import { TILE_IDS, type TileId } from '../state/address.ts';

/** What the number of a tile is called in the target of a note. */
const TILE_METRICS: Partial<Record<TileId, string>> = {
  'capture-rate': 'capture_rate',
  'master-impact': 'master_impact',
  'reaction-states': 'state_share',
  'states-by-practice': 'capture_rate',
  changes: 'capture_rate',
  'subject-capture': 'capture_rate',
  'subject-states': 'state_share',
  'masters-list': 'master_impact',
  'masters-over-time': 'master_impact',
  'funnel-steps': 'funnel_conversion',
  'funnel-time': 'funnel_time',
  'funnel-groups': 'funnel_conversion',
  retention: 'retention',
  'retention-curves': 'retention',
  'retention-shift': 'retention',
  'first-reaction': 'retention',
  lifecycle: 'lifecycle',
  stickiness: 'stickiness',
  'usage-stickiness': 'stickiness',
  'usage-bounce': 'bounce_rate',
  'usage-referrers': 'share_of_sessions',
  'feature-adoption': 'feature_adoption',
  'feature-over-time': 'feature_adoption',
  'feature-plans': 'feature_adoption',
  'signal-goals': 'abandonment',
  'signal-answers': 'share_of_starts',
  'engagement-follow-up': 'follow_up_rate',
  'engagement-error-rate': 'error_rate',
  'engagement-errors': 'share_of_errors',
};

export const metricOf = (tile: TileId | null): string | null =>
  tile === null ? null : (TILE_METRICS[tile] ?? null);

/** Where a note is drawn: in the tile it was written on, else in the one that shows its metric. */
export function tileOfNote(target: Target, anchor: Anchor): TileId | null {
  const named = TILE_IDS.find((tile) => tile === target['tile']);
  if (named !== undefined) return named;
  if (anchor.kind === 'practice') return 'states-by-practice';
  if (anchor.kind === 'master') return 'master-impact';
  return TILE_IDS.find((tile) => TILE_METRICS[tile] === target.metric) ?? null;
}
