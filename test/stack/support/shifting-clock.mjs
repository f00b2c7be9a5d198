// Preloaded into a server (`node --import`): SIGUSR2 sets its wall clock back by an hour, as NTP or an operator may. Monotonic clocks go on.
const HOUR_MS = 3_600_000;
const RealDate = Date;
let shiftMs = 0;

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() - shiftMs);
    else super(...parts);
  }

  static now() {
    return RealDate.now() - shiftMs;
  }
};

process.on('SIGUSR2', () => {
  shiftMs += HOUR_MS;
  process.stdout.write('the clock is set back\n');
});
