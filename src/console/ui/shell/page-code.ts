// The code of a page, or of a part of it, fetched when it is first opened. While the server restarts it cannot be, and after an update it has another name: then
// the whole console is loaded anew, once the server answers. Nothing is lost, since the page was not there yet.
import { lazy, type ComponentType, type LazyExoticComponent } from 'react';

const STORAGE = 'foretell.reloaded';
/** A second failure this soon is told instead: loading anew does not help. */
const AGAIN_MS = 60_000;
const ASK_EVERY_MS = 1_000;
/** Whatever accepts a connection and says nothing is not the server. */
const ANSWER_MS = 10_000;

interface PageModule<Props> {
  readonly default: ComponentType<Props>;
}

export const pageCode = <Props = object>(
  load: () => Promise<PageModule<Props>>,
): LazyExoticComponent<ComponentType<Props>> =>
  lazy(async () => {
    try {
      return await load();
    } catch (error) {
      if (Date.now() - Number(sessionStorage.getItem(STORAGE)) < AGAIN_MS) throw error;
      await serverAnswers();
      sessionStorage.setItem(STORAGE, String(Date.now()));
      window.location.reload();
      return new Promise<never>(() => undefined);
    }
  });

async function serverAnswers(): Promise<void> {
  for (;;) {
    try {
      const { ok } = await fetch(document.baseURI, {
        cache: 'no-store',
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      if (ok) return;
    } catch {
      // Not yet.
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
}
