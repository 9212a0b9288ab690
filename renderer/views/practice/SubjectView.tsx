import { useMemo } from 'react';
import { formatCount } from '../../../shared/format/numbers.ts';
import { ViewPage } from '../../app/ViewPage.tsx';
import { KeyFigures } from '../../parts/KeyFigures.tsx';
import { SubjectLink } from '../../parts/SubjectLink.tsx';
import { formatAddress, inView } from '../../state/address.ts';
import { useAddress } from '../../state/address-store.ts';
import { CAPTURE_THRESHOLD_RATIO } from '../../state/display-settings.ts';
import { VIEW_LABELS } from '../../state/names.ts';
import { hasFilters } from '../../state/question-parts.ts';
import { useViewBase, type ViewProps } from '../../state/use-view-base.ts';
import { CaptureRateTile, type CaptureTileData } from '../practices/CaptureRateTile.tsx';
import { LensControl } from '../practices/LensControl.tsx';
import { PageControl } from '../practices/PageControl.tsx';
import { ReactionRetentionTile } from '../practices/ReactionRetentionTile.tsx';
import { ShiftTile } from '../practices/ShiftTile.tsx';
import { EmptySubject } from './EmptySubject.tsx';
import { describeSubject } from './finding.ts';
import { HoursTile } from './HoursTile.tsx';
import { subjectFigures } from './key-figures.ts';
import { CourseTile } from './CourseTile.tsx';
import { NextTile } from './NextTile.tsx';
import { NotesTile } from './NotesTile.tsx';
import { PartnersTile } from './PartnersTile.tsx';
import { PeopleTile } from './PeopleTile.tsx';
import { SlicesTile } from './SlicesTile.tsx';
import { LensTile, StatesTile } from './StatesTiles.tsx';
import { isKnown, knownSubjects, type Subject, subjectOf } from './subject.ts';
import { type SubjectPage, useSubject } from './use-subject.ts';
import './subject-view.css';

interface SubjectViewProps extends ViewProps {
  kind: Subject['kind'];
}

const PARENT = { practice: 'practices', master: 'masters' } as const;

/** The page of one practice or one master. */
export function SubjectView({ kind, ...props }: SubjectViewProps) {
  const id = useAddress(({ address }) => address.practices.subject);
  if (id === null) return <ChooseSubject {...props} kind={kind} />;
  return <KnownSubject key={`${kind}-${id}`} {...props} kind={kind} id={id} />;
}

function KnownSubject({ kind, id, ...props }: SubjectViewProps & { id: string }) {
  const { environment } = props;
  const subject = useMemo(() => subjectOf(kind, id, environment), [kind, id, environment]);
  const page = useSubject(props, subject);
  const { base, peers, against, impact, questions } = page;
  const { state } = questions.peers;
  const isUnknown =
    !isKnown(subject, environment) &&
    state.good !== null &&
    state.fetching === null &&
    peers?.own.completed === 0 &&
    peers.own.n === 0;
  if (isUnknown && !hasFilters(base.address)) return <ChooseSubject {...props} kind={kind} unknownId={id} />;
  return (
    <ViewPage
      base={base}
      title={subject.name}
      crumb={<SubjectCrumb kind={kind} name={subject.name} />}
      finding={describeSubject({ subject, peers, against, impact, hasFilters: hasFilters(base.address) })}
      isFound={[questions.peers, questions.impact].every((each) => each.state.fetching === null)}
      matched={
        peers !== null && (
          <>
            <strong>{formatCount(peers.own.completed)}</strong> sessions
          </>
        )
      }
      actions={
        <>
          <LensControl />
          <PageControl />
        </>
      }
    >
      <KeyFigures
        figures={subjectFigures(page)}
        questions={[questions.capture, questions.peers, questions.partners, questions.length]}
      />
      {base.address.practices.page === 'people' ? <PeopleTiles page={page} /> : <OverviewTiles page={page} />}
    </ViewPage>
  );
}

/** One level up, and where we are. */
function SubjectCrumb({ kind, name }: { kind: Subject['kind']; name: string }) {
  const address = useAddress((state) => state.address);
  const parent = PARENT[kind];
  return (
    <nav aria-label="Breadcrumb">
      <a className="page-crumb-link" href={formatAddress({ ...inView(address, parent), tables: [] })}>
        {VIEW_LABELS[parent]}
      </a>
      {' / '}
      <span aria-current="page">{name}</span>
    </nav>
  );
}

function OverviewTiles({ page }: { page: SubjectPage }) {
  const { base, subject, against, questions } = page;
  const others = subject.kind === 'practice' ? 'Other practices' : 'Others';
  const own = subject.kind === 'practice' ? 'This practice' : 'This master';
  return (
    <div className="subject-tiles" data-kind={subject.kind}>
      {base.address.practices.lens === 'changes' ? (
        <LensTile page={page} />
      ) : (
        <CaptureRateTile
          id="subject-capture"
          practices={captureData(page)}
          empty={<EmptySubject page={page} what="sessions" />}
          hasIntervals
        />
      )}
      <PartnersTile page={page} />
      <StatesTile page={page} />
      <ShiftTile
        id="subject-others"
        title={subject.kind === 'practice' ? 'Against other practices' : 'Against all others'}
        subtitle="% of reactions, 95% interval; tick: others"
        names={[own, others]}
        mark="tick"
        rows={against}
        questions={[questions.peers]}
        empty={page.peers?.own.n === 0 ? <EmptySubject page={page} what="reactions" /> : null}
      />
      {subject.kind === 'practice' ? (
        <SlicesTile page={page} />
      ) : (
        <>
          <CourseTile page={page} />
          <NotesTile page={page} />
        </>
      )}
    </div>
  );
}

function captureData(page: SubjectPage): CaptureTileData {
  const { base, capture, bucket, expected, releases, questions } = page;
  return {
    drawnCapture: capture,
    drawnBucket: bucket,
    expected,
    thresholdRatio: CAPTURE_THRESHOLD_RATIO,
    releases,
    calendar: base.calendar,
    address: { ...base.address, filters: { ...base.address.filters, state: [] } },
    span: base.span,
    finding: null,
    questions: { captureDrawn: questions.capture, captureHistory: questions.history },
  };
}

function PeopleTiles({ page }: { page: SubjectPage }) {
  const { subject, shift, questions, fresh, returning, reactions } = page;
  const isEmpty = fresh?.total.completed === 0 && returning?.total.completed === 0;
  return (
    <div className="subject-people" data-kind={subject.kind}>
      <HoursTile page={page} />
      {subject.kind === 'practice' ? <NextTile page={page} /> : <PeopleTile page={page} />}
      <ShiftTile
        id="cohort-shift"
        title="New against returning"
        subtitle="% of reactions, 95% interval; new: first 7 days*"
        names={['New', 'Returning']}
        mark="dot"
        rows={shift}
        questions={[questions.fresh, questions.returning]}
        empty={isEmpty ? <EmptySubject page={page} what="sessions" /> : null}
      />
      <ReactionRetentionTile
        reactions={reactions}
        from={subject.kind === 'practice' ? ' in this practice' : ' with this master'}
      />
      {subject.kind === 'practice' ? <PeopleTile page={page} /> : <SlicesTile page={page} />}
    </div>
  );
}

/** No id, or one that nothing is known of. */
function ChooseSubject({ kind, unknownId, ...props }: SubjectViewProps & { unknownId?: string }) {
  const base = useViewBase(props, ['session_completed']);
  const known = knownSubjects(kind, props.environment);
  return (
    <ViewPage
      base={base}
      title={VIEW_LABELS[kind]}
      crumb={<SubjectCrumb kind={kind} name={unknownId ?? 'none chosen'} />}
      finding={{
        lead: unknownId === undefined ? `No ${kind} is chosen.` : `There is no ${kind} “${unknownId}”.`,
        rest: known.length === 0 ? ` The catalogue has no ${kind}s.` : ' These are known:',
      }}
      isFound
    >
      <ul className="subject-choices">
        {known.map(({ id, name }) => (
          <li key={id}>
            <SubjectLink kind={kind} id={id} name={name} />
          </li>
        ))}
      </ul>
    </ViewPage>
  );
}
