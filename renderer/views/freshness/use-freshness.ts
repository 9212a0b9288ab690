import { useEffect, useRef, useState } from 'react';
import { useServices } from '../../app/services.ts';
import { type Called, useCall } from '../../link/use-call.ts';
import type { JobsState } from '../../../shared/rpc/contract/jobs.ts';
import { useSession } from '../../state/session-store.ts';

export interface Freshness {
  report: Called<'query.freshness'>;
  jobs: JobsState | null;
}

const REST_MS = 1_500; // while rows come in, the report is put together anew at most so often
const CLOCK_MS = 60_000; // lags grow by the minute

/** The report of one environment, kept in step with commits, jobs and the clock. */
export function useFreshness(environment: string | null): Freshness {
  const revision = useSession(({ workspace }) => workspace?.revision ?? 0);
  const { jobs, ended } = useJobs();
  const [minute, setMinute] = useState(0);
  useEffect(() => {
    const clock = setInterval(() => {
      setMinute((known) => known + 1);
    }, CLOCK_MS);
    return () => {
      clearInterval(clock);
    };
  }, []);
  const version = useRested(`${revision} ${ended} ${minute}`);
  const report = useCall('query.freshness', { environment }, version);
  return { report, jobs };
}

/** What runs, as it is told; `ended` changes when a job or a pause begins or ends. */
export function useJobs(): { jobs: JobsState | null; ended: string } {
  const { backend } = useServices();
  const first = useCall('query.jobs.state', {});
  const [told, setTold] = useState<JobsState | null>(null);
  useEffect(() => backend.onTopic('jobs.state', setTold), [backend]);
  const jobs = told ?? first.value;
  const ended = jobs?.sources.map(({ sourceName, state }) => `${sourceName} ${state}`).join() ?? '';
  return { jobs, ended };
}

/** Follows a value at once, and then at most once per rest. */
function useRested(value: string): string {
  const [rested, setRested] = useState(value);
  const changedMs = useRef(0);
  useEffect(() => {
    if (value === rested) return undefined;
    const waitMs = Math.max(0, changedMs.current + REST_MS - performance.now());
    const timer = setTimeout(() => {
      changedMs.current = performance.now();
      setRested(value);
    }, waitMs);
    return () => {
      clearTimeout(timer);
    };
  }, [value, rested]);
  return rested;
}
