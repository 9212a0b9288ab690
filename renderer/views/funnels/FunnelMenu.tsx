import { MenuButton } from '../../parts/MenuButton.tsx';
import type { ViewAddress } from '../../state/address.ts';
import { useAddress } from '../../state/address-store.ts';
import { STANDARD_FUNNEL_IDS, standardFunnel } from '../../state/standard-funnels.ts';

/** Which funnel is shown: the standard ones; one of one's own stands in the address. */
export function FunnelMenu({ address }: { address: ViewAddress }) {
  const go = useAddress((state) => state.go);
  const { funnel } = address.funnels;
  return (
    <MenuButton
      label="Funnel"
      value={typeof funnel === 'string' ? standardFunnel(funnel).label : 'Own funnel'}
      choices={STANDARD_FUNNEL_IDS.map((id) => ({
        id,
        label: standardFunnel(id).label,
        detail: `${standardFunnel(id).definition.steps.length} steps`,
      }))}
      chosen={typeof funnel === 'string' ? funnel : null}
      onChoose={(id) => {
        go({ funnels: { ...address.funnels, funnel: id, draft: null, step: null, time: null } });
      }}
    />
  );
}
