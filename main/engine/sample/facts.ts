/** What was planted, for tests to compare answers with. Dates are local dates of the sample's zone, instants ISO 8601
 *  in UTC, shares 0..1. */
export interface SampleFacts {
  firstDay: string;
  /** The day that is still open at `asOf`. */
  lastDay: string;
  /** False for seed 0: none of drop, lift, gap, late source and experiment effect exists. */
  hasStory: boolean;
  /** The days whose capture rate lies below 85 %, in order. */
  dropDays: string[];
  dropRelease: string | null;
  dropReleasedAt: string | null;
  fixRelease: string | null;
  fixReleasedAt: string | null;
  /** Practices in which the drop happens. */
  dropPracticeIds: string[];
  risingState: string | null;
  /** One day whose capture rate stands out upwards. */
  liftDay: string | null;
  releases: { version: string; releasedAt: string }[];
  practiceIds: string[];
  masterIds: string[];
  stateIds: string[];
  smallPracticeId: string;
  smallMasterId: string;
  /** The source behind its target, and what it still owes. */
  lateSource: { name: string; completeTo: string; lagMinutes: number; withheldEvents: number } | null;
  /** `from` and `to` are the last event before and the first one after. */
  gap: { source: string; from: string; to: string; withheldEvents: number } | null;
  /** Per source of events: newest time, and the time up to which it is complete. */
  watermarks: Record<string, { newestTs: string; completeTo: string }>;
  /** Distinct valid events: what a full sync keeps. */
  events: number;
  eventsByType: Record<string, number>;
  /** Lines per source, whatever becomes of them. */
  rowsWritten: Record<string, number>;
  /** Lines that repeat an event id: read = events + duplicates + quarantined. */
  duplicates: {
    total: number;
    soon: number;
    daysLater: number;
    otherFeed: number;
    farApart: number;
    newTime: number;
  };
  /** Events whose first copy arrived more than an hour after they happened. */
  lateEvents: number;
  quarantined: {
    total: number;
    unknownState: number;
    wrongEnvironment: number;
    missingField: number;
    impossibleTime: number;
    badJson: number;
  };
  unknownStates: string[];
  /** Kept events with personal data in an allowed string. */
  scrubbed: { email: number; phone: number; ip: number };
  deletionRequests: { requestId: string; userId: string; requestedAt: string; events: number }[];
  experiment: { id: string; metric: string; usersByVariant: Record<string, number>; hasEffect: boolean };
  annotations: { count: number; operations: number; devices: number; conflictTitle: string };
  users: { total: number; inDimension: number };
}

export interface SampleSource {
  name: string;
  dataset:
    | 'events'
    | 'practices'
    | 'masters'
    | 'users'
    | 'experiments'
    | 'acquisition_costs'
    | 'releases'
    | 'taxonomy'
    | 'deletion_requests'
    | 'annotation_ops';
  /** The source's root, relative to the folder of the sample. */
  folder: string;
  /** Below `folder`. */
  keyTemplate: string;
  freshnessTargetMinutes: number;
  /** Columns and properties to decode; nested ones with `.`. Free text is in none. */
  allowColumns: string[];
}

export interface SampleManifest {
  seed: number;
  /** "Now" of the workspace. */
  asOf: string;
  zone: 'Europe/Oslo';
  weekStart: 'monday';
  environment: 'sample';
  workspaceName: string;
  /** In the order in which they are best synced: states are checked against the taxonomy, so that comes first. */
  sources: SampleSource[];
  facts: SampleFacts;
  files: number;
  bytes: number;
}
