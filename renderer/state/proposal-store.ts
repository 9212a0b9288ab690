import { z } from 'zod';
import { create } from 'zustand';
import { DEEP_LINK_KINDS, type DeepLink } from '../../shared/deeplink.ts';
import { SHELL_CHANNELS } from '../../shared/shell-channels.ts';

/** A view that another program's link proposes; nothing happens until the user agrees. */
export const useProposal = create<{ proposal: DeepLink | null }>()(() => ({ proposal: null }));

const Proposal = z.object({
  type: z.literal(SHELL_CHANNELS.proposal),
  body: z.object({ kind: z.enum(DEEP_LINK_KINDS), id: z.string().regex(/^[a-z0-9-]{1,64}$/) }),
});

/** Hears the proposals that the preload hands to its own page; returns how to stop. */
export function followProposals(): () => void {
  const receive = ({ source, origin, data }: MessageEvent<unknown>) => {
    if (source !== window || origin !== location.origin) return;
    const message = Proposal.safeParse(data);
    if (message.success) useProposal.setState({ proposal: message.data.body });
  };
  addEventListener('message', receive);
  return () => {
    removeEventListener('message', receive);
  };
}
