import type { Target } from '../../shared/annotations/anchor.ts';
import type { BucketInterval } from '../../shared/time/buckets.ts';
import { formatAddress, type TileId, type ViewAddress } from '../state/address.ts';
import { commonParts } from '../state/question-parts.ts';
import { metricOf } from './tile-of-note.ts';

export interface TargetInput {
  address: ViewAddress;
  tile: TileId | null;
  environment: string;
  interval: BucketInterval;
}

/** What a note is about: the question behind the tile, and the address to come back to. */
export function targetOf({ address, tile, environment, interval }: TargetInput): Target {
  const { filters } = commonParts({ address, environment, span: { from: '', to: '' } }, []);
  return {
    view: address.view,
    metric: metricOf(tile),
    filters,
    breakdown: null,
    interval,
    address: viewState(address),
    ...(tile === null ? {} : { tile }),
    ...(address.cohort === 'all' ? {} : { cohort: address.cohort }),
  };
}

/** The state of a view without what changes no number. */
export const viewState = (address: ViewAddress): string => formatAddress({ ...address, tables: [] });
