// Which media type a caller would like to get, of those that there are.

const QUALITY = /;\s*q=([\d.]+)/i;

/** The one that an Accept header likes best (RFC 9110, 12.5.1), the first of equals and without a header; null where it likes none. */
export function acceptedType<T extends string>(
  accept: string | undefined,
  offered: readonly [T, ...T[]],
): T | null {
  if (accept === undefined || accept.trim() === '') return offered[0];
  const ranges = accept.split(',').map((range) => ({
    type: range.split(';', 1)[0]?.trim().toLowerCase() ?? '',
    quality: Number(QUALITY.exec(range)?.[1] ?? 1),
  }));
  const qualityOf = (type: string): number => {
    const family = `${type.split('/', 1)[0] ?? ''}/*`;
    // The most precise range decides.
    const fitting = [type, family, '*/*'].flatMap((name) =>
      ranges.filter((range) => range.type === name),
    );
    return fitting[0]?.quality ?? 0;
  };
  const wishes = offered.map((type) => ({ type, quality: qualityOf(type) }));
  const best = wishes.reduce((a, b) => (b.quality > a.quality ? b : a));
  return best.quality > 0 ? best.type : null;
}
