// What of the page is in the address, so that it can be sent to a colleague.
import { WINDOWS, type WindowName } from '../../api/windows.ts';
import { useQueryValue } from '../../shell/location.ts';
import { CONVENTIONS, oneOf, type Convention } from './drift-data.ts';

export interface DriftPlace {
  readonly window: WindowName;
  readonly setWindow: (window: WindowName) => void;
  /** Empty: the champion. */
  readonly version: string;
  readonly setVersion: (version: string) => void;
  readonly convention: Convention;
  readonly setConvention: (convention: Convention) => void;
}

export function useDriftPlace(): DriftPlace {
  const [window, setWindow] = useQueryValue<string>('window', '24h');
  const [version, setVersion] = useQueryValue<string>('version', '');
  const [convention, setConvention] = useQueryValue<string>('convention', CONVENTIONS[0]);
  return {
    window: oneOf(WINDOWS, window, '24h'),
    setWindow,
    version,
    setVersion,
    convention: oneOf(CONVENTIONS, convention, CONVENTIONS[0]),
    setConvention,
  };
}

/** As the API takes it: no version is the champion. */
export const askedOf = ({
  window,
  version,
}: Pick<DriftPlace, 'window' | 'version'>): {
  readonly window: WindowName;
  readonly version?: string;
} => ({ window, ...(version !== '' && { version }) });
