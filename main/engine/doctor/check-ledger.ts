import type { CatalogueFacts, SourceFacts } from './catalogue-facts.ts';
import { type Check, countOf, findings } from './check.ts';

/** Read = kept + duplicate + quarantined + refused by deletion, per source and over all, and what was kept is what is stored. */
export function checkLedger({ sources, segments, keptEvents }: CatalogueFacts): Check[] {
  const faults = sources.flatMap(sourceFaults);
  const stored = segments
    .filter(({ dataset }) => dataset === 'events')
    .reduce((sum, { rows }) => sum + rows, 0);
  if (stored !== keptEvents)
    faults.push(
      `the sources kept ${countOf(keptEvents, 'event')}, the segments hold ${countOf(stored, 'event')}`,
    );
  const sum = (count: (source: SourceFacts) => number): string =>
    sources.reduce((total, source) => total + count(source), 0).toLocaleString('en');
  const fine =
    `${countOf(sources.length, 'source')}: ${sum(({ read }) => read)} rows read = ${sum(({ kept }) => kept)} kept + ` +
    `${sum(({ duplicate }) => duplicate)} duplicate + ${sum(({ quarantined }) => quarantined)} quarantined` +
    (sources.some(({ refused }) => refused > 0)
      ? ` + ${sum(({ refused }) => refused)} refused by deletion`
      : '');
  return findings(
    'ledger',
    'fail',
    faults.map((fault) => `${fault}; sync into a fresh data folder`),
    fine,
  );
}

function sourceFaults(source: SourceFacts): string[] {
  const { name, read, kept, duplicate, quarantined, refused, reasonRows } = source;
  const faults: string[] = [];
  if (read !== kept + duplicate + quarantined + refused)
    faults.push(
      `${name}: ${read} rows read, but ${kept} kept + ${duplicate} duplicate + ${quarantined} quarantined` +
        (refused === 0 ? '' : ` + ${refused} refused by deletion`),
    );
  const pairs: [string, number, number][] = [
    ['read', read, source.ledgerRead],
    ['kept', kept, source.ledgerKept],
    ['duplicate', duplicate, source.ledgerDuplicate],
    ['quarantined', quarantined, source.ledgerQuarantined],
    ['refused', refused, source.ledgerRefused],
  ];
  for (const [word, total, ofFiles] of pairs)
    if (total !== ofFiles) faults.push(`${name}: ${total} rows ${word}, but its files add up to ${ofFiles}`);
  if (quarantined !== reasonRows)
    faults.push(`${name}: ${quarantined} rows quarantined, but the reasons add up to ${reasonRows}`);
  return faults;
}

/** Files that a sync could not read whole, and sources that it could not reach. */
export function checkFiles({ sources, faultyFiles }: CatalogueFacts): Check[] {
  const unreached = sources
    .filter(({ lastFailure }) => lastFailure !== null)
    .map(({ name, lastFailure }) => `${name}: ${lastFailure ?? ''}`);
  const unread = faultyFiles.map(
    ({ source, key, state, reason }) =>
      `${source}: ${key} ${state === 'reading' ? 'is not read to its end yet' : 'was not read whole'}` +
      `${reason === null ? '' : ` (${reason})`}; mend it and sync again`,
  );
  return findings('files', 'warn', [...unreached, ...unread], 'every file of every source was read whole');
}

/** The door refuses an id that came within 3 days; the sweep removes those further apart. */
export function checkSweep({ sweeps }: CatalogueFacts): Check[] {
  return sweeps.map(({ environment, atMs, unsweptRows }): Check => {
    const when = atMs === null ? 'never ran' : `last ran at ${new Date(atMs).toISOString()}`;
    const rest =
      unsweptRows === 0
        ? 'nothing came since'
        : `${countOf(unsweptRows, 'row')} since; the next sync sweeps them`;
    const message = `${environment}: the sweep for duplicates far apart ${when}, ${rest}`;
    return { name: 'sweep', status: unsweptRows === 0 ? 'ok' : 'warn', message };
  });
}

/** Days that wait are read as they are, only more slowly. */
export function checkMerge({ merges }: CatalogueFacts): Check[] {
  return merges.map(({ environment, atMs, waitingDays }): Check => {
    const when = atMs === null ? 'were never merged' : `were last merged at ${new Date(atMs).toISOString()}`;
    const rest = waitingDays === 0 ? 'no day waits' : `${countOf(waitingDays, 'day')} to be merged`;
    return { name: 'merge', status: 'ok', message: `${environment}: small segments ${when}, ${rest}` };
  });
}
