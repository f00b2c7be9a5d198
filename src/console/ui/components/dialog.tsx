// A dialog over the page: the browser's own, which keeps the focus inside, closes on Escape and gives the focus back.
import { useId, useLayoutEffect, useRef, type ReactElement, type ReactNode } from 'react';
import { useTexts, type Texts } from '../shell/texts.ts';

const EN = { close: 'Close' };
const TEXTS: Texts<typeof EN> = { en: EN, fr: { close: 'Fermer' } };

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Open for as long as it is rendered. */
export function Dialog({ title, onClose, children }: DialogProps): ReactElement {
  const texts = useTexts(TEXTS);
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Before the dialog leaves the document: closed later, it could not give the focus back.
  useLayoutEffect(() => {
    const dialog = element.current;
    if (dialog?.open === false) dialog.showModal();
    // What is marked so gets the focus; the first button would.
    dialog?.querySelector<HTMLElement>('[data-focus]')?.focus();
    return () => {
      dialog?.close();
    };
  }, []);
  return (
    <dialog
      ref={element}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header>
        <h2 id={titleId}>{title}</h2>
        <button type="button" className="quiet" aria-label={texts.close} onClick={onClose}>
          <span aria-hidden="true">✕</span>
        </button>
      </header>
      {children}
    </dialog>
  );
}
