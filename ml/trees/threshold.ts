// The float32 number that tells two neighbouring values of a column apart.

/** The float32 t, a <= t < b, between two float32 values: `x <= t` tells them apart in float32 as in float64. */
export function thresholdBetween(a: number, b: number): number {
  const middle = Math.fround((a + b) / 2);
  return middle < b ? middle : a;
}
