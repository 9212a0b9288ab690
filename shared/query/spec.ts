import { z } from 'zod';
import { DistributionSpec } from './kinds/distribution.ts';
import { ExperimentSpec } from './kinds/experiment.ts';
import { FunnelSpec } from './kinds/funnel.ts';
import { LifecycleSpec } from './kinds/lifecycle.ts';
import { PathsSpec } from './kinds/paths.ts';
import { RetentionSpec } from './kinds/retention.ts';
import { SessionsSpec } from './kinds/sessions.ts';
import { StatesSpec } from './kinds/states.ts';
import { StickinessSpec } from './kinds/stickiness.ts';
import { TrendSpec } from './kinds/trend.ts';

/** The question format of QUERY.md: the single source of its types, validation and reference page. */
export const QuerySpec = z.discriminatedUnion('kind', [
  TrendSpec,
  FunnelSpec,
  RetentionSpec,
  LifecycleSpec,
  StickinessSpec,
  PathsSpec,
  SessionsSpec,
  DistributionSpec,
  StatesSpec,
  ExperimentSpec,
]);
/** A question with every default filled in. */
export type QuerySpec = z.infer<typeof QuerySpec>;
/** A question as people and views write it. */
export type QuerySpecInput = z.input<typeof QuerySpec>;
export type QueryKind = QuerySpec['kind'];
