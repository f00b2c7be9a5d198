// npm run bench -- live: see live/viewers.ts.
import './live/viewers.ts';
