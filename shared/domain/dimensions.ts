/** Dimension datasets (DATA §1): flat rows, one per key, per environment. Further columns are kept as given. */
export interface DimensionDataset {
  /** Column(s) that identify a row; joined by U+001F where there are several. */
  key: readonly string[];
  columns: readonly string[];
}

export const DIMENSIONS = {
  practices: { key: ['id'], columns: ['id', 'name', 'category', 'master_id'] },
  masters: { key: ['id'], columns: ['id', 'name'] },
  users: { key: ['user_id'], columns: ['user_id', 'first_seen_at', 'plan', 'acquisition_channel'] },
  experiments: { key: ['id'], columns: ['id', 'name', 'status', 'metric', 'weights'] },
  acquisition_costs: {
    key: ['month', 'channel', 'currency'],
    columns: ['month', 'channel', 'amount', 'currency'],
  },
  releases: { key: ['version'], columns: ['version', 'released_at'] },
} as const satisfies Record<string, DimensionDataset>;

export const CONTROL_FEEDS = {
  deletion_requests: { key: ['request_id'], columns: ['request_id', 'user_id', 'requested_at'] },
  taxonomy: { key: ['version'], columns: ['version', 'valid_from', 'states'] },
  annotation_ops: {
    key: ['op_id'],
    columns: ['op_id', 'annotation_id', 'kind', 'fields', 'hlc', 'device', 'author'],
  },
} as const satisfies Record<string, DimensionDataset>;

export const DATASETS = [
  'events',
  'practices',
  'masters',
  'users',
  'experiments',
  'acquisition_costs',
  'releases',
  'deletion_requests',
  'taxonomy',
  'annotation_ops',
] as const;
export type DatasetName = (typeof DATASETS)[number];

export const isDatasetName = (value: string): value is DatasetName =>
  (DATASETS as readonly string[]).includes(value);
