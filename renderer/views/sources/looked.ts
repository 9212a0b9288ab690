import type { ResultOf } from '../../../shared/rpc/methods.ts';

/** What was seen of a source before it is stored. */
export interface Looked {
  preview: ResultOf<'query.source.preview'> | null;
  dryRun: ResultOf<'query.source.dryRun'> | null;
  test: ResultOf<'query.source.test'> | null;
  /** The draft that was looked at; what was changed since makes it old. */
  of: string;
}
