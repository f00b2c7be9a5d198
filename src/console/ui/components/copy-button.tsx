// Copies a text, and says so.
import { useState, type ReactElement } from 'react';
import { useTexts, type Texts } from '../shell/texts.ts';

const EN = { copied: 'Copied', failed: 'The browser does not allow it: select and copy' };
const TEXTS: Texts<typeof EN> = {
  en: EN,
  fr: {
    copied: 'Copié',
    failed: 'Le navigateur ne le permet pas : sélectionnez et copiez',
  },
};

interface CopyButtonProps {
  readonly label: string;
  readonly text: () => string;
}

export function CopyButton({ label, text }: CopyButtonProps): ReactElement {
  const texts = useTexts(TEXTS);
  const [outcome, setOutcome] = useState<'copied' | 'failed' | null>(null);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text());
      setOutcome('copied');
    } catch {
      setOutcome('failed');
    }
  };
  return (
    <span className="copy">
      <button type="button" onClick={() => void copy()}>
        {label}
      </button>
      <span role="status">{outcome !== null && texts[outcome]}</span>
    </span>
  );
}
