import { useState } from 'react';
import type { RetentionSource } from '../../../shared/rpc/contract/privacy.ts';
import type { WorkspaceInfo } from '../../../shared/rpc/methods.ts';
import { useCall } from '../../link/use-call.ts';
import { Refusal } from '../../parts/Refusal.tsx';
import { ExpectationsTile } from './ExpectationsTile.tsx';
import { RetentionTile } from './RetentionTile.tsx';
import { type RetentionChange, retentionFinding } from './retention-words.ts';

/** How long rows and aggregates are kept, what goes next, and what rows ought to be. */
export function RetentionPart({ workspace }: { workspace: WorkspaceInfo }) {
  const [changes, setChanges] = useState<readonly RetentionChange[]>([]);
  const saved = useCall('query.retention', { drafts: [] }, workspace.revision);
  const drafts = changes.map(({ sourceName, hotDays, aggregateDays }) => ({
    sourceName,
    hotDays,
    aggregateDays,
  }));
  const drafted = useCall('query.retention', drafts.length === 0 ? null : { drafts }, workspace.revision);
  const sources = saved.value?.sources ?? [];
  const finding = retentionFinding(sources, workspace.now);
  return (
    <div className="source-editor">
      <header className="page-head">
        <div className="page-crumb">Settings / Storage and schemas</div>
        <h1 className="page-finding" aria-busy={saved.value === null && saved.failure === null}>
          {saved.value === null ? (
            <span>Reading…</span>
          ) : (
            <>
              <strong>{finding.lead}</strong>
              <span>{finding.rest}</span>
            </>
          )}
        </h1>
      </header>
      <Refusal failure={saved.failure} what="Retention cannot be read" onRetry={saved.again} />
      <Refusal failure={drafted.failure} what="The preview cannot be had" onRetry={drafted.again} />
      <div className="page-sheet">
        <RetentionTile
          workspace={workspace}
          sources={sources}
          changes={changes}
          previewOf={(name) => previewOf(name, changes, saved.value?.sources, drafted)}
          isBusy={saved.isAsking || drafted.isAsking}
          onChange={setChanges}
          onSaved={saved.again}
        />
        <ExpectationsTile workspace={workspace} />
      </div>
    </div>
  );
}

/** null: it is being worked out. */
function previewOf(
  name: string,
  changes: readonly RetentionChange[],
  saved: readonly RetentionSource[] | undefined,
  drafted: { value: { sources: RetentionSource[] } | null; isAsking: boolean },
): RetentionSource | null {
  const change = changes.find(({ sourceName }) => sourceName === name);
  const of = (list: readonly RetentionSource[] | undefined) =>
    list?.find(({ sourceName }) => sourceName === name) ?? null;
  if (change === undefined) return of(saved);
  const found = drafted.isAsking ? null : of(drafted.value?.sources);
  const isOfChange = found?.hotDays === change.hotDays && found.aggregateDays === change.aggregateDays;
  return isOfChange ? found : null;
}
