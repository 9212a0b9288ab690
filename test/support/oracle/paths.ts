import { partOf } from './breakdown.ts';
import { divide, exactSum } from './exact.ts';
import { expanded } from './expand.ts';
import { fits } from './filter.ts';
import { IGNORES_NOTHING, type Line } from './outcome.ts';
import { type Question, inSpan } from './question.ts';
import { type Row, inOrder } from './rows.ts';
import type { PathsSpec } from './types.ts';
import type { Bucket } from './zone.ts';

/** What people do next. */
export function answerPaths(spec: PathsSpec, question: Question): object {
  const taken = question.rows.filter((row) => row.user !== null && question.takes(row));
  const itemEvents = (range: Bucket, line: Line): Item[] =>
    taken
      .filter((row) => inSpan(row, range) && line.has(row, IGNORES_NOTHING))
      .flatMap((row) => {
        const name = itemOf(row, spec);
        return name === null ? [] : [{ row, name }];
      });
  return expanded(
    {
      answer: (range, line) => linksOf(pathsOf(itemEvents(range, line), spec), spec),
      values: (naming, range) =>
        taken.filter((row) => inSpan(row, range) && itemOf(row, spec) !== null).map(naming.of),
      units: (line, range) => {
        const { links, remainder } = linksOf(pathsOf(itemEvents(range, line), spec), spec);
        return links.reduce((sum, { count }) => sum + count, remainder.count);
      },
      omitsEmpty: true,
    },
    spec.breakdown,
    question,
  );
}

interface Item {
  row: Row;
  name: string;
}

/** The first entry that fits names the item; grouped, then left out if excluded. */
function itemOf(row: Row, { items = [{}], group = [], exclude = [] }: PathsSpec): string | null {
  const entry = items.find((one) => fits(one, row));
  if (entry === undefined) return null;
  const text = entry.by === undefined ? row.type : partOf(row.fields.get(entry.by));
  if (text === null) return null;
  const plain = withoutSlash(text);
  const name = group.find((pattern) => isInGroup(plain, pattern)) ?? plain;
  return exclude.some((one) => withoutSlash(one) === withoutSlash(name)) ? null : name;
}

const withoutSlash = (text: string): string =>
  text.length > 1 && text.endsWith('/') ? text.slice(0, -1) : text;

/** The pieces between the stars occur one after the other, anywhere in the item. */
function isInGroup(text: string, pattern: string): boolean {
  let place = 0;
  for (const piece of pattern.split('*')) {
    const found = text.indexOf(piece, place);
    if (found < 0) return false;
    place = found + piece.length;
  }
  return true;
}

/** One path: items without immediate repeats, each with its last instant. */
type Path = { name: string; tsMs: number }[];

function pathsOf(items: readonly Item[], spec: PathsSpec): Path[] {
  const gapMs = (spec.gapMinutes ?? 30) * 60_000;
  const byUser = Map.groupBy(items, ({ row }) => row.user);
  const paths = [...byUser.values()].flatMap((own) => {
    const found: Path[] = [];
    let lastMs = -Infinity;
    const rows = inOrder(own.map(({ row }) => row));
    for (const row of rows) {
      const name = own.find((item) => item.row === row)?.name ?? '';
      if (row.tsMs - lastMs >= gapMs) found.push([]);
      found.at(-1)?.push({ name, tsMs: row.tsMs });
      lastMs = row.tsMs;
    }
    return found;
  });
  return paths.map(withoutRepeats).map((path) => cut(path, spec));
}

const withoutRepeats = (path: Path): Path => path.filter(({ name }, index) => path[index + 1]?.name !== name);

/** From the first start on, up to the first end; nothing where one of them is missing. */
function cut(path: Path, { start, end }: PathsSpec): Path {
  const first = start == null ? 0 : path.findIndex(({ name }) => name === withoutSlash(start));
  const begun = first < 0 ? [] : path.slice(first);
  if (end == null) return begun;
  const last = begun.findIndex(({ name }) => name === withoutSlash(end));
  return last < 0 ? [] : begun.slice(0, last + 1);
}

interface Transition {
  source: string;
  target: string;
  step: number;
  ms: number;
}

const HIDDEN = '...';

function linksOf(paths: readonly Path[], spec: PathsSpec) {
  const all = paths.map((path) => ({ transitions: transitionsOf(path), ...drawnOf(path, spec) }));
  const drawn = all.flatMap((path) => path.drawn);
  const hidden = all.flatMap(({ transitions, isHidden }) => transitions.filter(({ step }) => isHidden(step)));
  const keyOf = ({ source, target, step }: Transition) => JSON.stringify([source, target, step]);
  const links = [...Map.groupBy(drawn, keyOf).values()].map((same) => {
    const [{ source, target, step } = { source: '', target: '', step: 0 }] = same;
    const seconds = exactSum(same.map(({ ms }) => ms)) / 1000;
    return { source, target, step, count: same.length, meanSeconds: divide(seconds, same.length) };
  });
  links.sort(
    (a, b) =>
      b.count - a.count || a.step - b.step || byText(a.source, b.source) || byText(a.target, b.target),
  );
  return { links, remainder: { links: new Set(hidden.map(keyOf)).size, count: hidden.length } };
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const transitionsOf = (path: Path): Transition[] =>
  path.slice(1).map((item, step) => {
    const before = path[step];
    return { source: before?.name ?? '', target: item.name, step, ms: item.tsMs - (before?.tsMs ?? 0) };
  });

/** What is drawn of a path, and which of its transitions are not: those to and from hidden items are drawn as "...". */
function drawnOf(path: Path, { start, end, steps = 5 }: PathsSpec) {
  const transitions = transitionsOf(path);
  const beyond = path.length - steps;
  if (beyond <= 0) return { drawn: transitions, isHidden: () => false };
  if (end == null) {
    return { drawn: transitions.slice(0, steps - 1), isHidden: (step: number) => step >= steps - 1 };
  }
  if (start == null) {
    const kept = transitions.slice(beyond).map((one) => ({ ...one, step: one.step - beyond }));
    return { drawn: kept, isHidden: (step: number) => step < beyond };
  }
  const head = Math.floor(steps / 2);
  const into = head - 1; // the transition to the first hidden item, and the one from the last of them
  const outOf = into + beyond;
  const drawn = transitions
    .filter(({ step }) => step <= into || step >= outOf)
    .map((one) => {
      if (one.step === into) return { ...one, target: HIDDEN };
      if (one.step === outOf) return { ...one, source: HIDDEN, step: head };
      return one.step < into ? one : { ...one, step: one.step - beyond + 1 };
    });
  return { drawn, isHidden: (step: number) => step >= into && step <= outOf };
}
