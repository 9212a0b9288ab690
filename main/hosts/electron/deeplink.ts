import type { App } from 'electron';
import { type DeepLink, findDeepLink } from '../../../shared/deeplink.ts';

/** Takes deep links from wherever the system brings them: the command line, `open-url`, a second start. All go one way
 *  and only propose a view. */
export function watchDeepLinks(
  app: Pick<App, 'on'>,
  argv: readonly string[],
  propose: (link: DeepLink) => void,
): void {
  const take = (candidates: readonly string[]): void => {
    const link = findDeepLink(candidates);
    if (link !== null) propose(link);
  };
  app.on('open-url', (event, url) => {
    event.preventDefault();
    take([url]);
  });
  app.on('second-instance', (_event, secondArgv) => take(secondArgv));
  take(argv);
}

/** Keeps the newest proposal until a page is there to hear it. */
export class ProposalBox {
  #waiting: DeepLink | undefined;
  #tellPage: ((link: DeepLink) => void) | undefined;

  propose(link: DeepLink): void {
    if (this.#tellPage === undefined) this.#waiting = link;
    else this.#tellPage(link);
  }

  pageReady(tellPage: (link: DeepLink) => void): void {
    this.#tellPage = tellPage;
    if (this.#waiting !== undefined) tellPage(this.#waiting);
    this.#waiting = undefined;
  }

  pageGone(): void {
    this.#tellPage = undefined;
  }
}
