import { ANNOTATION_FOLDER, ANNOTATION_KEY_TEMPLATE, type AnnotationFile } from './annotations.ts';
import { isoDateOf } from './calendar.ts';
import { EXPERIMENTS, MASTERS, NEW_MASTER, PRACTICES, STATE_IDS, UNKNOWN_STATES } from './cast.ts';
import { type Tally, newestMsOf } from './delivery.ts';
import type { DeletionRequest, DimensionFile } from './dimensions.ts';
import type { SampleFacts, SampleManifest, SampleSource } from './facts.ts';
import { FEEDS, FEED_NAMES, type FeedName, allowedColumnsOf } from './feeds.ts';
import { type BadRow, type BadRowReason } from './plants.ts';
import type { Population } from './population.ts';
import type { Story } from './story.ts';
import { SAMPLE_ENVIRONMENT, isoOf } from './wire.ts';

interface Written {
  story: Story;
  tally: Tally;
  badRows: readonly BadRow[];
  deletions: readonly DeletionRequest[];
  dimensions: readonly DimensionFile[];
  annotations: readonly AnnotationFile[];
  population: Population;
  written: { files: number; bytes: number };
}

export function manifestOf(sample: Written): SampleManifest {
  return {
    seed: sample.story.seed,
    asOf: isoOf(sample.story.asOfMs),
    zone: 'Europe/Oslo',
    weekStart: 'monday',
    environment: SAMPLE_ENVIRONMENT,
    workspaceName: 'Product analytics',
    sources: sourcesOf(sample.dimensions),
    facts: factsOf(sample),
    ...sample.written,
  };
}

function sourcesOf(dimensions: readonly DimensionFile[]): SampleSource[] {
  return [
    ...dimensions.map(({ sourceName, dataset, folder, keyTemplate, freshnessTargetMinutes, columns }) => ({
      name: sourceName,
      dataset,
      folder,
      keyTemplate,
      freshnessTargetMinutes,
      allowColumns: [...columns],
    })),
    ...FEED_NAMES.map((feed) => ({
      name: FEEDS[feed].sourceName,
      dataset: 'events' as const,
      folder: feed,
      keyTemplate: FEEDS[feed].keyTemplate,
      freshnessTargetMinutes: FEEDS[feed].freshnessTargetMinutes,
      allowColumns: allowedColumnsOf(feed),
    })),
    {
      name: 'Annotations',
      dataset: 'annotation_ops',
      folder: ANNOTATION_FOLDER,
      keyTemplate: ANNOTATION_KEY_TEMPLATE,
      freshnessTargetMinutes: 24 * 60,
      allowColumns: ['op_id', 'annotation_id', 'kind', 'fields', 'hlc', 'device', 'author'],
    },
  ];
}

function factsOf({
  story,
  tally,
  badRows,
  deletions,
  dimensions,
  annotations,
  population,
}: Written): SampleFacts {
  return {
    firstDay: isoDateOf(story.firstDay),
    lastDay: isoDateOf(story.lastDay),
    hasStory: story.drop !== null,
    ...dropFacts(story),
    liftDay: story.liftDay === null ? null : isoDateOf(story.liftDay),
    releases: story.releases.map(({ version, releasedAtMs }) => ({
      version,
      releasedAt: isoOf(releasedAtMs),
    })),
    practiceIds: PRACTICES.map(({ id }) => id),
    masterIds: MASTERS.map(({ id }) => id),
    stateIds: [...STATE_IDS],
    smallPracticeId: story.smallPracticeId,
    smallMasterId: NEW_MASTER.id,
    ...freshnessFacts(story, tally),
    ...countFacts(tally, badRows),
    deletionRequests: deletions.map((request) => ({
      ...request,
      events: tally.eventsByUser.get(request.userId) ?? 0,
    })),
    experiment: experimentFacts(story, tally),
    annotations: annotationFacts(annotations),
    users: {
      total: population.users.length,
      inDimension: dimensions.find(({ dataset }) => dataset === 'users')?.rows.length ?? 0,
    },
  };
}

function dropFacts({ drop }: Story) {
  return {
    dropDays: drop?.days.map(isoDateOf) ?? [],
    dropRelease: drop?.release.version ?? null,
    dropReleasedAt: drop === null ? null : isoOf(drop.release.releasedAtMs),
    fixRelease: drop?.fix.version ?? null,
    fixReleasedAt: drop === null ? null : isoOf(drop.fix.releasedAtMs),
    dropPracticeIds: [...(drop?.practiceIds ?? [])],
    risingState: drop?.risingState ?? null,
  } satisfies Partial<SampleFacts>;
}

function freshnessFacts(story: Story, tally: Tally) {
  const { lateFeed, gap, completeToMs, asOfMs } = story;
  const completeToOf = (feed: FeedName): string =>
    isoOf(tally.newestMsByFeed[feed] - FEEDS[feed].tailLatenessMs);
  return {
    lateSource:
      lateFeed === null
        ? null
        : {
            name: FEEDS[lateFeed].sourceName,
            completeTo: completeToOf(lateFeed),
            lagMinutes: (asOfMs - completeToMs[lateFeed]) / 60_000,
            withheldEvents: tally.withheldByLateFeed,
          },
    gap:
      gap === null
        ? null
        : {
            source: FEEDS[gap.feed].sourceName,
            from: isoOf(gap.fromMs),
            to: isoOf(gap.toMs),
            withheldEvents: tally.withheldByGap,
          },
    watermarks: Object.fromEntries(
      FEED_NAMES.map((feed) => [
        FEEDS[feed].sourceName,
        { newestTs: isoOf(newestMsOf(story, feed)), completeTo: completeToOf(feed) },
      ]),
    ),
  } satisfies Partial<SampleFacts>;
}

function countFacts(tally: Tally, badRows: readonly BadRow[]) {
  const badRowsBy = (wanted: BadRowReason): number =>
    badRows.filter(({ reason }) => reason === wanted).length;
  const rowsOf = (feed: FeedName): number =>
    tally.rowsByFeed[feed] + badRows.filter((row) => row.feed === feed).length;
  const unknownState = tally.plants['unknown-state'];
  return {
    events: tally.events,
    eventsByType: Object.fromEntries([...tally.eventsByType].sort(([a], [b]) => (a < b ? -1 : 1))),
    rowsWritten: Object.fromEntries(FEED_NAMES.map((feed) => [FEEDS[feed].sourceName, rowsOf(feed)])),
    duplicates: {
      total: Object.values(tally.duplicates).reduce((sum, count) => sum + count, 0),
      ...tally.duplicates,
    },
    lateEvents: tally.lateEvents,
    quarantined: {
      total: unknownState + badRows.length,
      unknownState,
      wrongEnvironment: badRowsBy('wrong-environment'),
      missingField: badRowsBy('missing-field'),
      impossibleTime: badRowsBy('impossible-time'),
      badJson: badRowsBy('bad-json'),
    },
    unknownStates: [...UNKNOWN_STATES],
    scrubbed: { email: tally.plants.email, phone: tally.plants.phone, ip: tally.plants.ip },
  } satisfies Partial<SampleFacts>;
}

function experimentFacts(story: Story, tally: Tally): SampleFacts['experiment'] {
  const [experiment] = EXPERIMENTS;
  return {
    id: experiment.id,
    metric: experiment.metric,
    usersByVariant: Object.fromEntries(
      experiment.variants.map((variant) => [
        variant,
        tally.exposedUsersByVariant.get(`${experiment.id}/${variant}`)?.size ?? 0,
      ]),
    ),
    hasEffect: story.drop !== null,
  };
}

function annotationFacts(files: readonly AnnotationFile[]): SampleFacts['annotations'] {
  const operations = files.map(({ operation }) => operation);
  const creations = operations.filter(({ kind }) => kind === 'create');
  const conflicting = creations.find(({ annotation_id: id }) => isConflict(operations, id));
  const title = conflicting?.fields['title'];
  return {
    count: creations.length,
    operations: operations.length,
    devices: new Set(operations.map(({ device }) => device)).size,
    conflictTitle: typeof title === 'string' ? title : '',
  };
}

/** Its text was edited on two devices. */
function isConflict(operations: readonly AnnotationFile['operation'][], annotationId: string): boolean {
  const edits = operations.filter(
    (operation) =>
      operation.annotation_id === annotationId && operation.kind === 'edit' && 'body' in operation.fields,
  );
  return new Set(edits.map(({ device }) => device)).size > 1;
}
