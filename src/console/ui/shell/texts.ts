// Texts of a page or a component, in every language: the English ones are the type that the others must have.
import { usePreferences, type Language } from './preferences.tsx';

/** English decides the shape; a text that another language lacks does not compile. */
export type Texts<T> = Readonly<Record<Language, T>>;

export const useTexts = <T>(texts: Texts<T>): T => texts[usePreferences().language];
