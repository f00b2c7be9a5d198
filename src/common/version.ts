// The version of this software, as package.json states it (version.spec.ts keeps the two equal).

export const VERSION = '0.1.0';
