import { statesInOrder, type Taxonomy } from '../../../shared/domain/taxonomy.ts';
import type { SourceInfo, WorkspaceInfo } from '../../../shared/rpc/methods.ts';
import type { CatalogueSnapshot, SourceRow } from '../../catalogue/types.ts';
import type { SegmentRow } from '../../format/types.ts';
import { spanOf } from '../columns/span-of.ts';

type EnvironmentInfo = WorkspaceInfo['environments'][number];
/** What changes with the revision alone. */
interface StoredPart {
  revision: number;
  environments: Omit<EnvironmentInfo, 'taxonomy' | 'taxonomyBoundaries'>[];
  store: WorkspaceInfo['store'];
}

/**
 * What the frame needs to know, read from the catalogue alone. Asked often, so what a revision fixes is read once: the
 * users dimension alone can have a hundred thousand rows.
 */
export function createWorkspaceReader(): (snapshot: CatalogueSnapshot, clockMs: number) => WorkspaceInfo {
  let stored: StoredPart | undefined;
  return (snapshot, clockMs) => {
    if (stored?.revision !== snapshot.revision) stored = readStored(snapshot);
    const { workspaceId, name, zone, weekStart, asOfMs } = snapshot.workspace();
    const nowMs = asOfMs ?? clockMs;
    return {
      workspaceId,
      name,
      zone,
      weekStart,
      asOf: toInstant(asOfMs),
      now: new Date(nowMs).toISOString(),
      revision: snapshot.revision,
      environments: stored.environments.map((part) => withTaxonomy(snapshot, part, nowMs)),
      sources: snapshot.sources().map((source) => sourceInfo(source, nowMs)),
      store: stored.store,
    };
  };
}

function readStored(snapshot: CatalogueSnapshot): StoredPart {
  const environments = snapshot.environments();
  const segments = environments.map((environment) =>
    snapshot.segments({ environment, dataset: 'events', fromMs: null, toMs: null }),
  );
  return {
    revision: snapshot.revision,
    environments: environments.map((environment, index) =>
      readEnvironment(snapshot, environment, segments[index] ?? []),
    ),
    store: storeInfo(segments.flat()),
  };
}

function readEnvironment(
  snapshot: CatalogueSnapshot,
  environment: string,
  segments: readonly SegmentRow[],
): StoredPart['environments'][number] {
  const span = spanOf(segments);
  return {
    environment,
    events: sumOf(segments, ({ rows }) => rows),
    firstTs: toInstant(span?.firstMs ?? null),
    lastTs: toInstant(span?.lastMs ?? null),
    practices: snapshot.dimension(environment, 'practices').map(entryOf),
    masters: snapshot.dimension(environment, 'masters').map(entryOf),
    releases: snapshot.dimension(environment, 'releases').flatMap(releaseOf),
    usersDimension: snapshot
      .dimension(environment, 'users')
      .some((row) => row['first_seen_at'] !== undefined),
  };
}

function withTaxonomy(
  snapshot: CatalogueSnapshot,
  part: StoredPart['environments'][number],
  nowMs: number,
): EnvironmentInfo {
  const taxonomies = snapshot.taxonomies(part.environment);
  return {
    ...part,
    taxonomy: validTaxonomy(taxonomies, nowMs),
    taxonomyBoundaries: taxonomies.map(({ version, valid_from }) => ({ version, validFrom: valid_from })),
  };
}

/** The newest version that holds at an instant; before the first one, the first. Its states are in order. */
export function validTaxonomy(taxonomies: readonly Taxonomy[], nowMs: number): Taxonomy | null {
  const valid =
    taxonomies.filter(({ valid_from }) => Date.parse(valid_from) <= nowMs).at(-1) ?? taxonomies[0];
  return valid === undefined ? null : { ...valid, states: statesInOrder(valid) };
}

const textOr = (value: unknown, otherwise: string): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : otherwise;

function entryOf(row: Record<string, unknown>): { id: string; name: string; category: string | null } {
  const id = textOr(row['id'], '');
  const category = row['category'];
  return { id, name: textOr(row['name'], id), category: typeof category === 'string' ? category : null };
}

function releaseOf(row: Record<string, unknown>): { version: string; releasedAt: string }[] {
  const released = row['released_at'];
  const tsMs = typeof released === 'number' ? released : Date.parse(textOr(released, ''));
  return Number.isNaN(tsMs)
    ? []
    : [{ version: textOr(row['version'], ''), releasedAt: new Date(tsMs).toISOString() }];
}

function sourceInfo(source: SourceRow, nowMs: number): SourceInfo {
  const { watermarkMs, freshnessTargetMs } = source;
  const lagMs = watermarkMs === null ? null : nowMs - watermarkMs;
  return {
    sourceId: source.sourceId,
    name: source.name,
    kind: source.kind,
    environment: source.environment,
    dataset: source.dataset,
    freshnessTargetMs,
    completeTo: toInstant(watermarkMs),
    newestTs: toInstant(source.newestTsMs),
    lagMs,
    late: lagMs !== null && freshnessTargetMs !== null && lagMs > freshnessTargetMs,
    lastSyncAt: toInstant(source.lastSyncAtMs),
    counts: source.counts,
  };
}

const storeInfo = (segments: readonly SegmentRow[]): WorkspaceInfo['store'] => ({
  events: sumOf(segments, ({ rows }) => rows),
  segments: segments.length,
  sizeBytes: sumOf(segments, ({ sizeBytes }) => sizeBytes),
});

const sumOf = <T>(items: readonly T[], number: (item: T) => number): number =>
  items.reduce((sum, item) => sum + number(item), 0);

const toInstant = (tsMs: number | null): string | null =>
  tsMs === null ? null : new Date(tsMs).toISOString();
