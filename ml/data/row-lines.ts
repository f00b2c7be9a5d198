// Where each row stands in its file: all but those after an empty line or a quoted line break follow from the row before.

export class RowLines {
  /** Rows that do not stand on the line after the row before, and their lines; both ascending. */
  private readonly rows: number[] = [];
  private readonly lines: number[] = [];
  private next = 0;

  add(row: number, line: number): void {
    if (line !== this.next || row === 0) {
      this.rows.push(row);
      this.lines.push(line);
    }
    this.next = line + 1;
  }

  /** 1-based. */
  lineOf(row: number): number {
    let low = 0;
    let high = this.rows.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.rows[middle] as number) <= row) low = middle;
      else high = middle - 1;
    }
    return (this.lines[low] ?? 1) + row - (this.rows[low] ?? 0);
  }
}
