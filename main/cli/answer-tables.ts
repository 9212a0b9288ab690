import type { Answer } from '../../shared/query/answer.ts';
import type {
  DistributionContent,
  ExperimentContent,
  FunnelContent,
  LifecycleContent,
  PathsContent,
  RetentionContent,
  StickinessContent,
} from '../../shared/query/kind-answers.ts';
import { grid, show, showValue } from './text-grid.ts';

type KindAnswer = Exclude<Answer, { kind: 'trend' | 'states' | 'sessions' }>;
type Content =
  | FunnelContent
  | RetentionContent
  | LifecycleContent
  | StickinessContent
  | PathsContent
  | DistributionContent
  | ExperimentContent;

/** Tables of the kinds that are about people: the whole, then one per breakdown value, the rest, the compared range. */
export function kindTable({ result }: KindAnswer): string[] {
  const { breakdowns = [], rest, previous } = result;
  const values = breakdowns.map((part) => ({
    title: [part.value].flat().map(showValue).join(', '),
    content: part,
  }));
  const parts: { title: string; content: Content }[] = [
    { title: '', content: result },
    ...values,
    ...(rest === undefined ? [] : [{ title: `remaining ${rest.values}`, content: rest }]),
    ...(previous === undefined ? [] : [{ title: 'previous', content: previous }]),
  ];
  return parts.flatMap(({ title, content }, index) => [
    ...(index === 0 ? [] : ['', title]),
    ...contentTable(content),
  ]);
}

function contentTable(content: Content): string[] {
  if ('steps' in content) return stepsTable(content.steps);
  if ('cohorts' in content) return retentionTable(content);
  if ('links' in content) return pathsTable(content);
  if ('quantiles' in content) return distributionTable(content);
  if ('variants' in content) return variantsTable(content.variants);
  if ('counts' in content)
    return grid([
      ['buckets', 'users'],
      ...content.counts.map((count, index) => [show(index + 1), show(count)]),
    ]);
  if ('entered' in content) return listsTable(content.buckets, content, ['entered', 'converted', 'rate']);
  if ('dormant' in content)
    return listsTable(content.buckets, content, ['new', 'returning', 'resurrected', 'dormant']);
  if ('bins' in content)
    return grid([
      ['from s', 'to s', 'count'],
      ...content.bins.map(({ fromSeconds, toSeconds, count }) => [
        show(fromSeconds),
        show(toSeconds),
        show(count),
      ]),
    ]);
  return grid([
    ['power', show(content.power)],
    ['minimum effect', show(content.minimumEffect)],
  ]);
}

function listsTable<Key extends string>(
  buckets: readonly string[],
  lists: Readonly<Record<Key, readonly (number | null)[]>>,
  names: readonly Key[],
): string[] {
  return grid([
    ['', ...names],
    ...buckets.map((bucket, index) => [bucket, ...names.map((name) => show(lists[name][index]))]),
  ]);
}

const stepsTable = (steps: Extract<FunnelContent, { steps: unknown }>['steps']): string[] =>
  grid([
    ['', 'count', 'from last', 'from first', 'median s'],
    ...steps.map(({ name, count, fromPrevious, fromFirst, medianSeconds }) => [
      name,
      show(count),
      show(fromPrevious),
      show(fromFirst),
      show(medianSeconds),
    ]),
  ]);

function retentionTable({ cohorts }: RetentionContent): string[] {
  const columns = Math.max(0, ...cohorts.map(({ cells }) => cells.length));
  return grid([
    ['', 'size', ...Array.from({ length: columns }, (_, column) => String(column))],
    ...cohorts.map(({ start, size, cells }) => [
      start,
      show(size),
      ...Array.from({ length: columns }, (_, column) => {
        const cell = cells[column];
        return cell === undefined ? '' : `${show(cell.value ?? cell.count)}${cell.partial ? '*' : ''}`;
      }),
    ]),
  ]);
}

function pathsTable({ links, remainder }: PathsContent): string[] {
  return [
    ...grid([
      ['from', 'to', 'step', 'count', 'mean s'],
      ...links.map(({ source, target, step, count, meanSeconds }) => [
        source,
        target,
        show(step),
        show(count),
        show(meanSeconds),
      ]),
    ]),
    `beyond the last step: ${remainder.count} transitions over ${remainder.links} links`,
  ];
}

const distributionTable = ({ n, missing, mean, min, max, quantiles }: DistributionContent): string[] =>
  grid([
    ['n', show(n)],
    ['missing', show(missing)],
    ['mean', show(mean)],
    ['min', show(min)],
    ['max', show(max)],
    ...quantiles.map(({ q, value }) => [`q ${q}`, show(value)]),
  ]);

const variantsTable = (variants: Extract<ExperimentContent, { variants: unknown }>['variants']): string[] =>
  grid([
    ['', 'n', 'mean', 'effect', 'low', 'high', 'p', 'chance to win'],
    ...variants.map(({ name, n, mean, effect, low, high, pValue, bayesian }) => [
      name,
      show(n),
      show(mean),
      show(effect),
      show(low),
      show(high),
      show(pValue),
      show(bayesian?.chanceToWin),
    ]),
  ]);
