import { z } from 'zod';
import type { JsonValue } from '../../../../shared/errors.ts';
import { DAY_MS } from '../../store/sort-rows.ts';
import type { Surroundings } from '../network/surroundings.ts';
import { type TimeSpan, meets } from '../time-span.ts';
import { ObjectFault } from '../object-fault.ts';
import type {
  CountedDays,
  ListRequest,
  ListedObject,
  ListedPage,
  OpenedObject,
  SourceReader,
} from '../source-reader.ts';
import type { TableAccess, TableRows } from './table-access.ts';
import type { TableConfig } from './table-config.ts';
import { cursorColumnOf } from './table-config.ts';
import { isSliceKey, partOfKey, timeOfKey } from './table-keys.ts';
import {
  type TableName,
  dayObjects,
  newestOf,
  rowsOf,
  sliceObjects,
  typesByDay,
  typesIn,
  undatedObject,
  wholeObject,
} from './table-objects.ts';

const EXAMPLES = 3;
/** Days before the last count that are counted again with every listing*; older ones once a day*. */
const RECENT_DAYS = 3;
const FULL_COUNT_EVERY_MS = DAY_MS;
/** A source that is asked every few seconds is not counted every time*. */
const COUNT_EVERY_MS = 60_000;

/** The server looks for the rows of the next day while those of this one are taken in. */
const DAYS_AHEAD = 1;
/** Its statement must not run into its time limit while it waits: a quarter of a million rows take seconds. */
const SOON_READ_BYTES = 64 << 20;

const Checkpoint = z.object({
  /** Up to where rows of open days were listed. */
  cursorMs: z.number().nullable(),
  countedAtMs: z.number(),
  fullAtMs: z.number(),
  /** Rows of open days that are not read again as long as there are as many. */
  settled: z.object({ fromMs: z.number(), toMs: z.number(), rows: z.number() }),
});
type Checkpoint = z.infer<typeof Checkpoint>;

/** A table or view, whatever database holds it. */
export function createTableReader(
  access: TableAccess,
  config: TableConfig,
  surroundings: Surroundings,
): SourceReader {
  const listing = new TableListing(access, config, surroundings);
  return {
    openAhead: { objects: DAYS_AHEAD, wholeBytes: SOON_READ_BYTES },
    list: (request) => listing.pages(request),
    find: (key, signal) => listing.find(key, signal),
    open: (object, signal) => openPart(access, object, signal),
    async check(signal) {
      for await (const { objects } of listing.pages({ checkpoint: null, isFull: true, signal }))
        return { examples: objects.slice(0, EXAMPLES).map(({ label }) => label) };
      return { examples: [] };
    },
    spanOf: timeOfKey,
    isProvisional: isSliceKey,
    countDays: (signal) => listing.countDays(signal),
    typesIn,
    tables: (signal) => access.tables(signal),
    columns: (signal) => access.columns(signal),
    async sample(rows, signal) {
      const format = await access.format(signal);
      return { opened: openedRows(await access.sample(rows, signal), access.label), format };
    },
    close: () => access.close(),
  };
}

class TableListing {
  readonly #access: TableAccess;
  readonly #config: TableConfig;
  readonly #surroundings: Surroundings;

  constructor(access: TableAccess, config: TableConfig, surroundings: Surroundings) {
    this.#access = access;
    this.#config = config;
    this.#surroundings = surroundings;
  }

  async *pages({ checkpoint, isFull, spans, signal }: ListRequest): AsyncGenerator<ListedPage> {
    const table = await this.#table(signal);
    if (cursorColumnOf(this.#config) === null) {
      yield pageOf([wholeObject(table, await this.#access.checksum(signal))]);
      return;
    }
    const nowMs = this.#surroundings.nowMs();
    const known = isFull ? null : (Checkpoint.safeParse(checkpoint).data ?? null);
    const isCounted = known === null || isDue(known.countedAtMs, COUNT_EVERY_MS, nowMs);
    const isAll = known === null || (isCounted && isDue(known.fullAtMs, FULL_COUNT_EVERY_MS, nowMs));
    const openMs = this.#openFromMs(nowMs);
    const closed = isCounted ? await this.#closed(table, isAll ? null : known, openMs, signal) : [];
    const tail = await this.#tail(table, { known, isCounted, openMs, nowMs }, signal);
    const objects = [...closed, ...tail.objects];
    if (spans !== undefined) {
      yield pageOf(objects.filter(({ key }) => isWithin(key, spans)));
      return;
    }
    yield pageOf(objects, {
      cursorMs: tail.cursorMs,
      settled: tail.settled,
      countedAtMs: isCounted ? nowMs : known.countedAtMs,
      fullAtMs: isAll ? nowMs : known.fullAtMs,
    });
  }

  async countDays(signal: AbortSignal): Promise<CountedDays | null> {
    if (cursorColumnOf(this.#config) === null) return null;
    const sinceMs = this.#unexpired(null);
    const toMs = this.#openFromMs(this.#surroundings.nowMs());
    const counted = await this.#access.count({ kind: 'span', fromMs: sinceMs, toMs }, signal);
    const undated = await this.#access.count({ kind: 'undated' }, signal);
    return { sinceMs, days: typesByDay([...counted, ...undated]) };
  }

  /** Where the days begin that may still get rows in the usual way. */
  #openFromMs(nowMs: number): number {
    return Math.floor((nowMs - this.#config.overlapMs) / DAY_MS) * DAY_MS;
  }

  /** Days that are over: the recent ones, or all (`known` null), and then also rows without a time. */
  async #closed(
    table: TableName,
    known: Checkpoint | null,
    openMs: number,
    signal: AbortSignal,
  ): Promise<ListedObject[]> {
    const recentMs = known === null ? null : startOfDay(known.countedAtMs) - RECENT_DAYS * DAY_MS;
    const fromMs = this.#unexpired(recentMs);
    const days = dayObjects(table, await this.#access.count({ kind: 'span', fromMs, toMs: openMs }, signal));
    if (known !== null) return days;
    const undated = await this.#access.count({ kind: 'undated' }, signal);
    return rowsOf(undated) === 0 ? days : [...days, undatedObject(table, undated)];
  }

  /** A day that the source is deleting would lose rows here as they go there. */
  #unexpired(fromMs: number | null): number | null {
    const { expiresAfterDays } = this.#config;
    if (expiresAfterDays === null) return fromMs;
    const firstMs = startOfDay(this.#surroundings.nowMs()) - (expiresAfterDays - 1) * DAY_MS;
    return fromMs === null ? firstMs : Math.max(fromMs, firstMs);
  }

  /**
   * What is new in open days, with the overlap. Where the rows before it are no longer as many as they were, some came
   * late, and the open days are read again from their start.
   */
  async #tail(
    table: TableName,
    { known, isCounted, openMs, nowMs }: TailState,
    signal: AbortSignal,
  ): Promise<{ objects: ListedObject[]; cursorMs: number | null; settled: Checkpoint['settled'] }> {
    const fromMs = isCounted
      ? await this.#unsettledFrom(known, openMs, signal)
      : this.#behind(known?.cursorMs ?? null, openMs);
    const counted = await this.#access.count({ kind: 'span', fromMs, toMs: null }, signal);
    const newestMs = newestOf(counted);
    // a clock that runs ahead must not take the cursor with it
    const cursorMs = newestMs === null ? (known?.cursorMs ?? null) : Math.min(newestMs, nowMs);
    const objects = sliceObjects(table, counted, fromMs);
    if (!isCounted && known !== null) return { objects, cursorMs, settled: known.settled };
    const toMs = Math.max(fromMs, this.#behind(cursorMs, openMs));
    const before = fromMs === openMs ? 0 : (known?.settled.rows ?? 0); // as was found: what came since is not read
    const rows = before + (await this.#rowsIn({ fromMs, toMs }, signal));
    return { objects, cursorMs, settled: { fromMs: openMs, toMs, rows } };
  }

  async #unsettledFrom(known: Checkpoint | null, openMs: number, signal: AbortSignal): Promise<number> {
    if (known?.settled.fromMs !== openMs) return openMs;
    const { toMs, rows } = known.settled;
    return (await this.#rowsIn({ fromMs: openMs, toMs }, signal)) === rows ? toMs : openMs;
  }

  #behind(cursorMs: number | null, openMs: number): number {
    return cursorMs === null ? openMs : Math.max(openMs, cursorMs - this.#config.overlapMs);
  }

  async #rowsIn(span: { fromMs: number; toMs: number }, signal: AbortSignal): Promise<number> {
    return span.toMs <= span.fromMs ? 0 : rowsOf(await this.#access.count({ kind: 'span', ...span }, signal));
  }

  async find(key: string, signal: AbortSignal): Promise<ListedObject | null> {
    const part = partOfKey(key);
    if (part === null) return null;
    const table = await this.#table(signal);
    if (part.kind === 'whole') return wholeObject(table, await this.#access.checksum(signal));
    const counted = await this.#access.count(part, signal);
    if (rowsOf(counted) === 0) return null;
    if (part.kind === 'undated') return undatedObject(table, counted);
    const isDay = !key.includes('@');
    const [found] = isDay ? dayObjects(table, counted) : sliceObjects(table, counted, part.fromMs ?? 0);
    return found === undefined ? null : { ...found, key };
  }

  async #table(signal: AbortSignal): Promise<TableName> {
    return { label: this.#access.label, format: await this.#access.format(signal) };
  }
}

interface TailState {
  known: Checkpoint | null;
  isCounted: boolean;
  openMs: number;
  nowMs: number;
}

const pageOf = (objects: ListedObject[], checkpoint?: JsonValue): ListedPage => ({
  objects,
  ignored: 0,
  unreadable: [],
  ...(checkpoint === undefined ? {} : { checkpoint }),
});

/** What has no time of its own may have arrived at any. */
function isWithin(key: string, spans: readonly TimeSpan[]): boolean {
  const time = timeOfKey(key);
  return time === null || spans.some((wanted) => meets(time, wanted));
}

const startOfDay = (ms: number): number => Math.floor(ms / DAY_MS) * DAY_MS;

/** Also where the clock was set back since. */
const isDue = (lastMs: number, everyMs: number, nowMs: number): boolean =>
  nowMs < lastMs || nowMs - lastMs >= everyMs;

async function openPart(
  access: TableAccess,
  { key, label, sizeBytes, version }: ListedObject,
  signal: AbortSignal,
): Promise<OpenedObject> {
  const part = partOfKey(key);
  if (part === null) throw new ObjectFault('not-found', `${label} is no part of ${access.label}`);
  return { ...openedRows(await access.read(part, signal), label), sizeBytes, version };
}

const openedRows = ({ stream, close }: TableRows, label: string): OpenedObject => ({
  sizeBytes: 1, // not known, but not nothing
  version: '',
  isMadeAnew: true,
  whole: () => null,
  stream,
  slice: () => Promise.reject(new ObjectFault('bad-input', `${label} is not read in parts`)),
  close,
});
