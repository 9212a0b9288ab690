import type { Handlers } from '../../../shared/rpc/handlers.ts';
import type { OpenJobs } from '../jobs/job-handlers.ts';
import { freshnessReport } from './freshness-report.ts';
import { quarantinedRows } from './quarantine.ts';
import { readState } from './read-state.ts';
import { readmit } from './readmit.ts';

export type FreshnessHandlers = Pick<
  Handlers<'engine'>,
  'query.freshness' | 'query.quarantine.rows' | 'command.quarantine.readmit' | 'command.quarantine.readState'
>;

/** `open` throws where the folder holds no workspace yet. */
export const freshnessHandlers = (open: () => OpenJobs): FreshnessHandlers => ({
  'query.freshness': ({ environment }) => {
    const { store, jobs } = open();
    return freshnessReport(store, jobs.arrivals, environment);
  },
  'query.quarantine.rows': (request) => quarantinedRows(open().store.db, request),
  'command.quarantine.readmit': (choice, { signal }) => readmit(open(), choice, signal),
  'command.quarantine.readState': (reading, { signal }) => readState(open(), reading, signal),
});
