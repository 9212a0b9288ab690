import type { SourceServices } from '../sync/source-kinds.ts';

/** What a source of notes far away gets of the engine. */
export type RemoteServices = Pick<SourceServices, 'secrets' | 'env' | 'surroundings'>;
