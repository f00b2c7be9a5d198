// What the server prints when it is up: where it is, what it serves, and two commands to paste for a first token and prediction.
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Config } from './config/load-config.ts';
import { exampleRow } from './features/example-row.ts';
import { ModelSlot } from './model/model-slot.ts';
import { FirstAdmin } from './users/first-admin.ts';

/** The text for the terminal. `url` is where the server listens. */
export function greeting(app: NestFastifyApplication, url: string): string {
  const { auth, model } = app.get(Config);
  const loaded = app.get(ModelSlot, { strict: false }).peek();
  const { generated } = app.get(FirstAdmin, { strict: false });
  const password = generated?.password ?? '"$ADMIN_PASSWORD"';
  const lines = [
    '',
    `Foretell is serving on ${url}`,
    `  Console         ${url}/`,
    `  API and forms   ${url}/docs`,
    loaded
      ? `  Model           ${loaded.version.name}, version ${loaded.version.version}`
      : `  Model           none yet: waiting for ${model.uri}; npm run train makes one`,
  ];
  if (generated !== null) {
    lines.push(
      `  Administrator   ${generated.username} / ${generated.password}   (shown only this once)`,
    );
  }
  const body = { features: exampleRow(loaded?.bundle.features.features ?? []) };
  lines.push(
    '',
    'A token, then a prediction:',
    '',
    `  TOKEN=$(curl -s ${url}/token -d username=${auth.adminUsername} -d password=${password} | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/') && echo "$TOKEN"`,
    '',
    `  curl -s ${url}/predict -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '${JSON.stringify(body).replaceAll("'", String.raw`'\''`)}'`,
    '',
    '',
  );
  return lines.join('\n');
}
