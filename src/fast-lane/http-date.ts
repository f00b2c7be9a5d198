// The time as answers state it (RFC 9110, 5.6.7), written once a second.
let second = NaN;
let text = '';

export function httpDate(): string {
  const now = Math.floor(Date.now() / 1000);
  if (now !== second) {
    second = now;
    text = new Date(now * 1000).toUTCString();
  }
  return text;
}
