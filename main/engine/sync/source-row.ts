import type { DatasetName } from '../../../shared/domain/dimensions.ts';
import type { RowRules } from './source-config.ts';

/** A source as the engine reads it. */
export interface Source {
  sourceId: number;
  name: string;
  dataset: DatasetName;
  /** null: each row says its own. */
  environment: string | null;
  rules: RowRules;
}
