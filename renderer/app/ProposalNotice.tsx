import type { DeepLink } from '../../shared/deeplink.ts';
import { Icon } from '../parts/Icon.tsx';
import { DEFAULT_ADDRESS, inView, VIEW_IDS, type ViewAddress } from '../state/address.ts';
import { VIEW_LABELS } from '../state/names.ts';
import { useAddress } from '../state/address-store.ts';
import { useProposal } from '../state/proposal-store.ts';
import type { EnvironmentInfo } from '../state/session-store.ts';
import './proposal-notice.css';

/** Asks before it goes where a link from outside points. */
export function ProposalNotice({ environment }: { environment: EnvironmentInfo }) {
  const proposal = useProposal((state) => state.proposal);
  const go = useAddress((state) => state.go);
  if (proposal === null) return null;
  const target = targetOf(proposal, environment);
  const dismiss = () => {
    useProposal.setState({ proposal: null });
  };
  return (
    <div className="proposal-notice" role="alertdialog" aria-label="Link from outside">
      <Icon name="info" />
      <span>
        {target === null
          ? `A link asked for ${proposal.kind} "${proposal.id}", which this workspace does not have.`
          : `A link asks to show ${target.inWords}.`}
      </span>
      {target !== null && (
        <button
          type="button"
          className="button"
          onClick={() => {
            go(target.change);
            dismiss();
          }}
        >
          Show
        </button>
      )}
      <button type="button" className="button-quiet" onClick={dismiss}>
        Ignore
      </button>
    </div>
  );
}

interface Target {
  inWords: string;
  change: Partial<ViewAddress>;
}

function targetOf({ kind, id }: DeepLink, environment: EnvironmentInfo): Target | null {
  if (kind === 'view') {
    const view = VIEW_IDS.find((each) => each === id);
    if (view === undefined) return null;
    return { inWords: `the ${VIEW_LABELS[view]} view`, change: inView(DEFAULT_ADDRESS, view) };
  }
  const entries = kind === 'practice' ? environment.practices : environment.masters;
  const found = entries.find((entry) => toLinkId(entry.id) === id);
  if (found === undefined) return null;
  return {
    inWords: `the ${kind} ${found.name}`,
    change: { view: 'practices', filters: { ...DEFAULT_ADDRESS.filters, [kind]: [found.id] } },
  };
}

/** Ids in links know a to z, digits and the hyphen only. */
const toLinkId = (id: string): string => id.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
