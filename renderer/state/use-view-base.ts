import { useMemo } from 'react';
import type { WorkspaceInfo } from '../../shared/rpc/methods.ts';
import type { UnfitFields } from '../app/filters/bar-fields.ts';
import type { ViewAddress } from './address.ts';
import { useAddress } from './address-store.ts';
import type { Calendar, DateSpan } from './date-presets.ts';
import { type Asked, type BarField, BAR_FIELDS } from './question-parts.ts';
import type { EnvironmentInfo } from './session-store.ts';
import { bucketOf, calendarOf, spanOf } from './span-of.ts';
import { unfitFields } from './unfit-fields.ts';

/** What every view begins with: its dates, and which filters the events that it reads can take. */
export interface ViewBase {
  workspace: WorkspaceInfo;
  environment: EnvironmentInfo;
  address: ViewAddress;
  calendar: Calendar;
  span: DateSpan;
  bucket: 'day' | 'week';
  unfit: UnfitFields;
  skipped: readonly BarField[];
  asked: Asked;
}

export interface ViewProps {
  workspace: WorkspaceInfo;
  environment: EnvironmentInfo;
}

export function useViewBase(
  { workspace, environment }: ViewProps,
  eventTypes: readonly (string | null)[],
): ViewBase {
  const address = useAddress((state) => state.address);
  const calendar = useMemo(() => calendarOf(workspace, environment), [workspace, environment]);
  const span = useMemo(() => spanOf(address.range, calendar), [address.range, calendar]);
  const typesKey = eventTypes.join('\n');
  const unfit = useMemo(() => unfitFields(eventTypes), [typesKey]);
  return useMemo(
    () => ({
      workspace,
      environment,
      address,
      calendar,
      span,
      bucket: bucketOf(span),
      unfit,
      skipped: BAR_FIELDS.filter((field) => field in unfit),
      asked: { address, environment: environment.environment, span },
    }),
    [workspace, environment, address, calendar, span, unfit],
  );
}
