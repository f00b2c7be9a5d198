// What a person typed and was answered on this page, kept while they look at other pages; forgotten when they sign out.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type Dispatch, type SetStateAction } from 'react';

const VISIT = 'predict-visit';

/** As useState, and still there when the page is opened again. */
export function useVisit<T>(
  name: string,
  initial: () => T,
): readonly [T, Dispatch<SetStateAction<T>>] {
  const client = useQueryClient();
  const [value, setValue] = useState<T>(() => client.getQueryData<T>([VISIT, name]) ?? initial());
  useEffect(() => {
    client.setQueryDefaults([VISIT], { gcTime: Infinity });
    client.setQueryData([VISIT, name], value);
  }, [client, name, value]);
  return [value, setValue];
}
