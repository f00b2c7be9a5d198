// .env.example, made from the settings table so that the two cannot part.
import { SETTINGS } from './settings.ts';

/** The text of .env.example: every setting commented out with its meaning, accepted values and default. */
export function envExample(): string {
  const lines = [
    '# Every setting of Foretell. Nothing is needed for the first run; copy to .env and uncomment what you change.',
    '# Each secret can also be read from a file named by <NAME>_FILE, or from Vault (VAULT_ADDR).',
  ];
  let section = '';
  for (const [name, entry] of Object.entries(SETTINGS)) {
    if (entry.section !== section) {
      section = entry.section;
      lines.push('', `# --- ${section} ---`);
    }
    lines.push(
      '',
      `# ${entry.meaning}`,
      `# Expected: ${entry.expected}${'secret' in entry ? '; secret' : ''}.`,
      `#${name}=${'default' in entry ? entry.default : ''}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
