// npm run bench -- summary: see monitoring/summary-windows.ts.
import './monitoring/summary-windows.ts';
