import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { AppError } from '../../../shared/errors.ts';
import { storageError } from '../../catalogue/open-db.ts';
import { annotationFilesOf } from './annotations.ts';
import { createArrivals } from './arrivals.ts';
import { type DayNumber, HOUR_MS, MINUTE_MS, wallToUtcMs } from './calendar.ts';
import { createDays } from './days.ts';
import { createDelivery } from './delivery.ts';
import { type DeletionRequest, type DimensionFile, dimensionFilesOf } from './dimensions.ts';
import type { SampleManifest } from './facts.ts';
import { manifestOf } from './manifest.ts';
import { badRowsOf } from './plants.ts';
import type { SampleUser } from './population.ts';
import { type SampleFiles, createSampleFiles } from './sample-files.ts';
import { type Story, storyOf } from './story.ts';
import { isoOf } from './wire.ts';

export interface SampleOptions {
  /** Where the sample is to stand: a new or empty folder, or one that holds an earlier sample, which it replaces. */
  folder: string;
  /** A whole number from 0; the same seed gives the same bytes. 0 has no story. */
  seed: number;
  /** Distinct valid events; exact. */
  events?: number;
  /** Local days, the last one still open. */
  days?: number;
  onProgress?: (progress: { filesWritten: number; filesTotal: number }) => void;
  signal?: AbortSignal;
}

const SAMPLE_EVENTS = 400_000;
const SAMPLE_DAYS = 180; // 24 weekly cohorts and the 90-day lens
/** The story lies within four weeks; below some events a day it cannot be told. */
const MIN_SAMPLE_DAYS = 28;
const MIN_EVENTS_PER_DAY = 120;
const MAX_SEED = 2_147_483_647;

/** Stands beside the folders of the sources, which therefore never read it. Written last: its presence says that the
 *  sample is whole. */
export const SAMPLE_FACTS_FILE = 'sample-facts.json';

const LONGEST_RUN_MS = HOUR_MS; // a run may have begun this long before its day
const USUAL_FILES_PER_DAY = 29; // nights leave some hours without a file

/** Writes the sample workspace's raw files (DATA §8) and tells what was planted in them. */
export async function writeSample(options: SampleOptions): Promise<SampleManifest> {
  const { folder, seed, events = SAMPLE_EVENTS, days = SAMPLE_DAYS } = options;
  checkOptions(seed, events, days);
  await refuseForeignFolder(folder);
  const partial = `${folder}.partial`;
  try {
    await rm(partial, { recursive: true, force: true });
    const manifest = await writeInto(partial, { seed, events, days, options });
    await writeFile(path.join(partial, SAMPLE_FACTS_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
    return manifest;
  } catch (error) {
    await rm(partial, { recursive: true, force: true }).catch(() => undefined); // the first failure is the one to tell
    throw storageError(folder, error);
  }
}

function checkOptions(seed: number, events: number, days: number): void {
  if (!Number.isInteger(seed) || seed < 0 || seed > MAX_SEED) {
    throw new AppError('bad-input', `seed ${seed} is not a whole number from 0 to ${MAX_SEED}`, {
      path: 'seed',
    });
  }
  if (!Number.isInteger(days) || days < MIN_SAMPLE_DAYS) {
    throw new AppError('bad-input', `days ${days} is not a whole number from ${MIN_SAMPLE_DAYS}`, {
      path: 'days',
    });
  }
  if (!Number.isInteger(events) || events < days * MIN_EVENTS_PER_DAY) {
    const least = days * MIN_EVENTS_PER_DAY;
    throw new AppError('bad-input', `events ${events} is not a whole number from ${least}`, {
      path: 'events',
    });
  }
}

/** Nothing that this program did not write is ever replaced. */
async function refuseForeignFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown): string[] => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new AppError('not-readable', `the folder ${folder} cannot be read`, { cause: error });
  });
  if (names.length > 0 && !names.includes(SAMPLE_FACTS_FILE)) {
    throw new AppError('bad-input', `the folder ${folder} holds other files; name a new or empty one`);
  }
}

interface Job {
  seed: number;
  events: number;
  days: number;
  options: SampleOptions;
}

async function writeInto(folder: string, { seed, events, days, options }: Job): Promise<SampleManifest> {
  const story = storyOf(seed, days);
  const files = createSampleFiles(folder);
  const arrivals = createArrivals(files);
  const delivery = createDelivery(story, events, arrivals.add);
  const { population, days: volumes, run } = createDays(story, events, delivery);
  const badRows = badRowsOf(story);
  for (const { feed, receivedMs, line } of badRows) arrivals.add(feed, receivedMs, line);
  const deletions = deletionRequestsOf(story, population.users);
  for (const volume of volumes) {
    run(volume);
    arrivals.writeUntil(wallToUtcMs(volume.day + 1, 0) - LONGEST_RUN_MS);
    await pause(options, files.written().files, days * USUAL_FILES_PER_DAY);
  }
  arrivals.writeUntil(Infinity);
  const dimensions = dimensionFilesOf(story, population.users, deletions);
  for (const dimension of dimensions) writeDimension(files, dimension);
  const annotations = annotationFilesOf(story);
  for (const { path: file, operation } of annotations) files.write(file, `${JSON.stringify(operation)}\n`);
  const written = files.written();
  options.onProgress?.({ filesWritten: written.files, filesTotal: written.files });
  return manifestOf({
    story,
    tally: delivery.tally,
    badRows,
    deletions,
    dimensions,
    annotations,
    population,
    written,
  });
}

/** Between two days: tells how far it is, lets others run, and stops when asked to. */
async function pause(
  { onProgress, signal }: SampleOptions,
  filesWritten: number,
  expected: number,
): Promise<void> {
  onProgress?.({ filesWritten, filesTotal: Math.max(filesWritten, expected) });
  await setImmediate();
  if (signal?.aborted === true) throw new AppError('cancelled', 'writing the sample was cancelled');
}

function writeDimension(files: SampleFiles, { folder, fileName, rows }: DimensionFile): void {
  files.write(`${folder}/${fileName}`, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

/** The three keenest of those who were there before the sample begins and still are. */
function deletionRequestsOf({ lastDay, asOfMs }: Story, users: readonly SampleUser[]): DeletionRequest[] {
  const lasting = users
    .filter(({ activeUntilMs }) => activeUntilMs > asOfMs)
    .sort((a, b) => b.weight - a.weight);
  const askedAt = (day: DayNumber, hour: number, minute: number): string =>
    isoOf(wallToUtcMs(day, hour * HOUR_MS + minute * MINUTE_MS));
  const times = [askedAt(lastDay - 3, 19, 40), askedAt(lastDay - 1, 9, 12), askedAt(lastDay, 11, 5)];
  return times.map((requestedAt, i) => {
    const user = lasting[i];
    if (user?.id == null) throw new RangeError('the sample has too few users for its deletion requests');
    return { requestId: `del_${user.id.slice(-6).toLowerCase()}`, userId: user.id, requestedAt };
  });
}
