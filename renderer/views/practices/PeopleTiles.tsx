import { useMemo } from 'react';
import { useQuestion } from '../../link/use-question.ts';
import { useReportedCost } from '../../state/use-reported-cost.ts';
import { useTogether } from '../../state/use-together.ts';
import { EmptySessions } from './EmptySessions.tsx';
import { ReactionRetentionTile } from './ReactionRetentionTile.tsx';
import { useReactionRetention } from './reaction-retention.ts';
import { cohortQuestion, shiftRows } from './shift.ts';
import { ShiftTile } from './ShiftTile.tsx';
import { TopStatesTile } from './TopStatesTile.tsx';
import { useStatesGroups } from './use-states-groups.ts';
import type { Practices } from './use-practices.ts';

const NO_FILTERS = { skipped: [], own: [] } as const;

/** The second sheet of Practices: every practice's states, new against returning people, and who comes back. */
export function PeopleTiles({ practices }: { practices: Practices }) {
  const { address, environment, span } = practices;
  const asked = { address, environment: environment.environment, span };
  const specs = [cohortQuestion(asked, true, NO_FILTERS), cohortQuestion(asked, false, NO_FILTERS)] as const;
  const fresh = useQuestion('practices.new', specs[0]);
  const returning = useQuestion('practices.returning', specs[1]);
  const reactions = useReactionRetention('practices', asked, environment, { isShown: true, own: [] });
  useReportedCost([fresh, returning, ...reactions.map(({ question }) => question)]);
  const together = useTogether([
    { question: fresh, spec: specs[0] },
    { question: returning, spec: specs[1] },
  ]);
  const [ofNew, ofReturning] = [
    useStatesGroups(together[0], environment.taxonomy),
    useStatesGroups(together[1], environment.taxonomy),
  ];
  const rows = useMemo(
    () => (ofNew === null || ofReturning === null ? null : shiftRows(ofNew.total, ofReturning.total)),
    [ofNew, ofReturning],
  );
  const isEmpty = ofNew?.total.completed === 0 && ofReturning?.total.completed === 0;
  return (
    <div className="people-tiles">
      <TopStatesTile practices={practices} />
      <ShiftTile
        id="cohort-shift"
        title="New against returning"
        subtitle={`% of reactions, 95% interval; new: first 7 days*${address.cohort === 'all' ? '' : '; both cohorts'}`}
        names={['New', 'Returning']}
        mark="dot"
        rows={rows}
        questions={[fresh, returning]}
        empty={isEmpty ? <EmptySessions practices={practices} what="sessions" /> : null}
      />
      <ReactionRetentionTile reactions={reactions} from="" />
    </div>
  );
}
