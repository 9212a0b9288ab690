import type { AnswerOf, TrendLine } from '../../shared/query/answer.ts';
import type { RpcClient } from '../../shared/rpc/client-core.ts';
import { ask } from './ask.ts';

/** The capture rate of the last day that is over, asked the way every view asks. */
export async function lastFullDayLine(client: RpcClient): Promise<string> {
  const { environments, now } = await client.call('query.workspace', {});
  const [environment] = environments;
  if (environment === undefined) return 'There are no events yet.';
  const answer = await askCaptureRate(client, environment.environment, now);
  const [line] = answer.result.series;
  const index = lastFullBucket(answer, line);
  if (line === undefined || index === -1) return 'No day is complete yet.';
  const [rate, captured, completed] = [line.data[index], line.numerator?.[index], line.denominator?.[index]];
  const day = localDay(answer.result.buckets[index] ?? now, answer.zone);
  if (rate == null) return `Capture rate of the last full day, ${day}: no completed session.`;
  return `Capture rate of the last full day, ${day}: ${(rate * 100).toFixed(1)} % (${captured ?? 0} of ${completed ?? 0} completed sessions).`;
}

const DAYS_BACK = 4; // a day stays partial until the reactions to its last session had their 24 h
const DAY_MS = 86_400_000;

async function askCaptureRate(
  client: RpcClient,
  environment: string,
  now: string,
): Promise<AnswerOf<'trend'>> {
  const from = new Date(Date.parse(now) - DAYS_BACK * DAY_MS).toISOString();
  const spec = {
    kind: 'trend',
    environment,
    interval: 'day',
    range: { from: from.slice(0, 10), to: now.slice(0, 10) },
    series: [{ measure: 'capture_rate' }],
  };
  const answer = await ask(client, spec);
  if (answer.kind !== 'trend') throw new Error(`asked for a trend, got ${answer.kind}`);
  return answer;
}

function lastFullBucket({ result, partial, zone }: AnswerOf<'trend'>, line: TrendLine | undefined): number {
  return result.buckets.findLastIndex(
    (bucket, index) => !partial.includes(localDay(bucket, zone)) && line?.data[index] != null,
  );
}

const localDay = (instant: string, timeZone: string): string =>
  new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short' }).format(new Date(instant));
