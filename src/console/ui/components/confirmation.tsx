// Asks before what cannot be undone: says what will be gone, and does it.
import type { ReactElement, ReactNode } from 'react';
import { useTexts, type Texts } from '../shell/texts.ts';
import { Dialog } from './dialog.tsx';
import { Failure } from './states.tsx';

const EN = { cancel: 'Cancel' };
const TEXTS: Texts<typeof EN> = { en: EN, fr: { cancel: 'Annuler' } };

interface ConfirmationProps {
  readonly title: string;
  /** What follows from it. */
  readonly children: ReactNode;
  /** The word on the button. */
  readonly action: string;
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

export function Confirmation({
  title,
  children,
  action,
  isBusy,
  error,
  onConfirm,
  onClose,
}: ConfirmationProps): ReactElement {
  const texts = useTexts(TEXTS);
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{children}</p>
      {error !== null && <Failure error={error} />}
      <div className="toolbar">
        <button type="button" data-focus onClick={onClose}>
          {texts.cancel}
        </button>
        <button type="button" className="danger" disabled={isBusy} onClick={onConfirm}>
          {action}
        </button>
      </div>
    </Dialog>
  );
}
