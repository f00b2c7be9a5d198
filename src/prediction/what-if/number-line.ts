// The values that a number can take, numbered so that neighbours differ by 1: bisection over the numbers ends at neighbours.

export interface NumberLine {
  /** Rises with the value; between two whole numbers only for what is not on the line. */
  placeOf(cell: number): number;
  /** The value at a whole place. */
  cellAt(place: number): number;
}

/** Whole numbers that float32 holds exactly. */
export const WHOLE_NUMBERS: NumberLine = Object.freeze({
  placeOf: (cell: number) => cell,
  cellAt: (place: number) => place,
});

/** Beyond it float32 leaves whole numbers out. */
export const LARGEST_WHOLE = 2 ** 24;

const bits = new DataView(new ArrayBuffer(4));

/** Every finite float32: as sign and magnitude, its bits count the values from 0. */
export const FLOAT32: NumberLine = Object.freeze({
  placeOf(cell: number): number {
    bits.setFloat32(0, Math.abs(cell));
    return Math.sign(cell) * bits.getUint32(0);
  },
  cellAt(place: number): number {
    bits.setUint32(0, Math.abs(place));
    return Math.sign(place) * bits.getFloat32(0);
  },
});
