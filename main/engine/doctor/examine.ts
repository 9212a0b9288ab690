import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ReadDb, cataloguePath, openReadDb } from '../../catalogue/open-db.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ByteDictionary } from '../store/byte-dictionary.ts';
import { loadDictionary } from '../store/dictionary-files.ts';
import { filesUnder } from '../store/recover.ts';
import { type CatalogueFacts, type DictionaryFacts, readFacts } from './catalogue-facts.ts';
import { checkCatalogue, RESTORE } from './check-catalogue.ts';
import { checkDictionary } from './check-dictionaries.ts';
import { checkLock, checkPermissions, checkUnfinished } from './check-folder.ts';
import { checkFiles, checkLedger, checkMerge, checkSweep } from './check-ledger.ts';
import { type SegmentSurroundings, segmentFault } from './check-segments.ts';
import { type Check, countOf, findings } from './check.ts';

interface ExamineOptions {
  signal: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

/**
 * Compares a data folder with its catalogue, file by file, and changes nothing; works beside a host that goes on
 * writing. Throws only where there is no workspace, or when cancelled.
 */
export async function examine(dataDir: string, options: ExamineOptions): Promise<Check[]> {
  const opened = openCatalogue(dataDir);
  try {
    const lock = checkLock(dataDir);
    const folder = [lock.check, ...checkPermissions(dataDir)];
    const unfinished = checkUnfinished(dataDir, lock.isHeld);
    if (!opened.ok) return [...folder, opened.check, ...unfinished];
    return [
      ...folder,
      ...(await checkContents({ dataDir, db: opened.db, isHeld: lock.isHeld, ...options })),
      ...unfinished,
    ];
  } finally {
    if (opened.ok) opened.db.close();
  }
}

type Opened = { ok: true; db: ReadDb } | { ok: false; check: Check };

function openCatalogue(dataDir: string): Opened {
  try {
    return { ok: true, db: openReadDb(dataDir) };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'not-found') throw error;
    return { ok: false, check: unreadable(error.message) };
  }
}

const unreadable = (message: string): Check => ({
  name: 'catalogue',
  status: 'fail',
  message: `${message.replace('; run "tidemark doctor"', '')}, so nothing in it can be compared; ${RESTORE}`,
});

interface Contents extends ExamineOptions {
  dataDir: string;
  db: ReadDb;
  isHeld: boolean;
}

async function checkContents(contents: Contents): Promise<Check[]> {
  const { dataDir, db, isHeld } = contents;
  // before the catalogue is read: a file that a host commits in between is then found to be named
  const files = [...filesUnder(dataDir, 'segments'), ...filesUnder(dataDir, 'dictionaries')];
  let catalogue: Check[];
  let facts: CatalogueFacts;
  try {
    catalogue = checkCatalogue(dataDir, db);
    facts = readFacts(db);
  } catch (error) {
    return [
      unreadable(
        `the catalogue ${cataloguePath(dataDir)} cannot be read (${error instanceof Error ? error.message : String(error)})`,
      ),
    ];
  }
  return [
    ...catalogue,
    ...(await checkSegments(contents, facts)),
    ...checkDictionaries(contents, facts),
    ...checkOrphans(files, facts, isHeld),
    ...checkLedger(facts),
    ...checkFiles(facts),
    ...checkSweep(facts),
    ...checkMerge(facts),
  ];
}

async function checkSegments(
  { dataDir, db, signal, onProgress }: Contents,
  facts: CatalogueFacts,
): Promise<Check[]> {
  const { segments } = facts;
  const surroundings = surroundingsOf(dataDir, facts);
  const isLive = db.prepare<[number], { live: number }>(
    'SELECT 1 AS live FROM segments WHERE segment_id = ? AND dead_revision IS NULL',
  );
  const faults: string[] = [];
  let sizeBytes = 0;
  for (const [index, segment] of segments.entries()) {
    if (signal.aborted) throw new AppError('cancelled', `stopped after ${index} of ${segments.length} files`);
    const fault = await segmentFault(dataDir, segment, surroundings);
    // one that a host replaced meanwhile may be gone
    if (fault !== null && isLive.get(segment.segmentId) !== undefined)
      faults.push(`${segment.file} ${fault}`);
    sizeBytes += segment.sizeBytes;
    onProgress?.(index + 1, segments.length);
    await nextTurn();
  }
  const fine = `${countOf(segments.length, 'file')}, ${countOf(sizeBytes, 'byte')}: all there, checksums and rows as committed`;
  return findings(
    'segments',
    'fail',
    faults.map((fault) => `${fault}; ${LOST_FILE}`),
    fine,
  );
}

function surroundingsOf(dataDir: string, { shards, dictionaries }: CatalogueFacts): SegmentSurroundings {
  const byName = new Map(dictionaries.map((one) => [JSON.stringify([one.environment, one.column]), one]));
  const placeOf = (environment: string, column: string) => byName.get(JSON.stringify([environment, column]));
  const eventTypes = new Map<string, ByteDictionary | undefined>();
  return {
    shards,
    valuesIn: (environment, column) => placeOf(environment, column)?.count ?? 0,
    eventTypesOf(environment) {
      const place = placeOf(environment, 'event_type');
      if (place !== undefined && !eventTypes.has(environment))
        eventTypes.set(environment, loadedOrUndefined(dataDir, place));
      return eventTypes.get(environment);
    },
  };
}

/** A dictionary that cannot be read has a finding of its own. */
function loadedOrUndefined(dataDir: string, place: DictionaryFacts): ByteDictionary | undefined {
  try {
    return loadDictionary(dataDir, place);
  } catch {
    return undefined;
  }
}

const LOST_FILE = 'restore it from a backup, or sync into a fresh data folder';

function checkDictionaries({ dataDir, isHeld }: Contents, { dictionaries }: CatalogueFacts): Check[] {
  const found = dictionaries.map((dictionary) => checkDictionary(dataDir, dictionary));
  const faults = found.flatMap((one) => one.faults).map((fault) => `${fault}; ${LOST_FILE}`);
  const tails = isHeld ? [] : found.flatMap((one) => one.tails);
  const values = dictionaries.reduce((sum, { count }) => sum + count, 0);
  const fine = `${countOf(dictionaries.length, 'dictionary', 'dictionaries')}, ${countOf(values, 'value')}: lengths as committed`;
  if (faults.length > 0) return findings('dictionaries', 'fail', faults, fine);
  return findings(
    'dictionaries',
    'warn',
    tails.map((tail) => `${tail}; the next sync cuts them off`),
    fine,
  );
}

function checkOrphans(
  files: readonly string[],
  { segments, deadFiles, dictionaries }: CatalogueFacts,
  isHeld: boolean,
): Check[] {
  const named = new Set([
    ...segments.map(({ file }) => file),
    ...deadFiles,
    ...dictionaries.flatMap(({ valuesFile, endsFile }) => [valuesFile, endsFile]),
  ]);
  const orphans = files.filter((file) => !named.has(file));
  const replaced =
    deadFiles.length === 0 ? '' : `; ${countOf(deadFiles.length, 'replaced segment')} will be deleted`;
  const fine = `no file that the catalogue does not name${replaced}`;
  if (isHeld && orphans.length > 0) {
    const message = `${countOf(orphans.length, 'file')} not committed yet by the process at work`;
    return [{ name: 'orphans', status: 'ok', message }];
  }
  return findings(
    'orphans',
    'warn',
    orphans.map((file) => `${file} is not in the catalogue; the next sync deletes it`),
    fine,
  );
}
