import { formatAddress, pageOf } from '../state/address.ts';
import { useAddress } from '../state/address-store.ts';
import { Icon } from './Icon.tsx';
import './subject-link.css';

interface SubjectLinkProps {
  kind: 'practice' | 'master';
  id: string;
  name: string;
  /** Only an arrow beside a name that does something else. */
  isArrow?: boolean;
}

/** Leads to the page of a practice or a master, with the filters of here. */
export function SubjectLink({ kind, id, name, isArrow = false }: SubjectLinkProps) {
  const address = useAddress((state) => state.address);
  const href = formatAddress(pageOf(address, kind, id));
  if (isArrow)
    return (
      <a className="subject-arrow" href={href} aria-label={`Page of ${name}`} title={`Page of ${name}`}>
        <Icon name="chevron-right" />
      </a>
    );
  return (
    <a className="subject-link" href={href} title={`Page of ${name}`}>
      {name}
    </a>
  );
}
