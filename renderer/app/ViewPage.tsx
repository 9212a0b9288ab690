import { type ReactNode, useEffect } from 'react';
import { useIsNarrow } from '../parts/use-is-narrow.ts';
import type { ViewBase } from '../state/use-view-base.ts';
import { AddressNotice } from './AddressNotice.tsx';
import { FilterBar } from './filters/FilterBar.tsx';

export interface PageFinding {
  lead: string;
  rest: string;
}

interface ViewPageProps {
  base: ViewBase;
  title: string;
  /** After the title; instead of it where it is more than text. */
  crumb?: ReactNode;
  /** null: still being read. */
  finding: PageFinding | null;
  /** Everything that the finding looks at has been read. */
  isFound: boolean;
  /** Right end of the filter bar: how much matches. */
  matched?: ReactNode;
  /** Choices of the view itself, before the filters. */
  choices?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** Filter bar, finding and sheet of a view. */
export function ViewPage(props: ViewPageProps) {
  const { base, title, crumb, finding, isFound, matched, choices, actions, children } = props;
  const { workspace, environment, calendar, unfit } = base;
  const isNarrow = useIsNarrow();
  useEffect(() => {
    document.title = `${title} · ${workspace.name} · Tidemark`;
  }, [title, workspace.name]);
  return (
    <>
      <FilterBar
        calendar={calendar}
        environment={environment}
        unfit={unfit}
        matched={matched}
        tightTo={choices === undefined ? null : isNarrow ? 0 : 1}
      >
        {choices}
      </FilterBar>
      <AddressNotice />
      <header className="page-head page-head-row">
        <div className="page-head-text">
          <div className="page-crumb">
            {crumb === undefined ? title : typeof crumb === 'string' ? `${title} / ${crumb}` : crumb}
          </div>
          <h1 className="page-finding" aria-busy={!isFound}>
            {finding === null ? (
              <span>Reading…</span>
            ) : (
              <>
                <strong>{finding.lead}</strong>
                <span>{finding.rest}</span>
              </>
            )}
          </h1>
        </div>
        {actions !== undefined && <div className="page-head-actions">{actions}</div>}
      </header>
      <div className="page-sheet">{children}</div>
    </>
  );
}
