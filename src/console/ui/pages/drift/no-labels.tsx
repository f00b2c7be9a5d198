// No label has come in the window: how to send some.
import type { ReactElement } from 'react';
import { useQuery } from '@tanstack/react-query';
import { addressOf } from '../../api/client.ts';
import { servedModel } from '../../api/served-model.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Empty } from '../../components/states.tsx';
import { useTexts } from '../../shell/texts.ts';
import { QUALITY_TEXTS } from './quality-texts.ts';

export function NoLabels(): ReactElement {
  const { noLabels } = useTexts(QUALITY_TEXTS);
  const info = useQuery(servedModel);
  const command = commandFor(info.data?.positive_label ?? '…');
  return (
    <Empty>
      <h3>{noLabels.title}</h3>
      <p>{noLabels.how}</p>
      <pre className="drift-command" tabIndex={0}>
        {command}
      </pre>
      <CopyButton label={noLabels.copy} text={() => command} />
    </Empty>
  );
}

const commandFor = (label: string): string =>
  `curl -s ${addressOf('/feedback').href} -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\\n` +
  `  -d '${JSON.stringify({ items: [{ prediction_id: '…', label }] })}'`;
