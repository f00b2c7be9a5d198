// An export of the prediction log as a stream of bytes: read as fast as it is taken, ended when nobody takes it, broken when it fails.
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { LoggedPrediction } from '../logged-prediction.entity.ts';
import type { PredictionFilter } from '../prediction-log.ts';
import { FORMAT_WRITERS, type ExportFormat } from './export-formats.ts';
import { logPages, newestAt, type LogPage, type LogPages } from './log-pages.ts';

@Injectable()
export class PredictionExport {
  constructor(
    @InjectRepository(LoggedPrediction) private readonly rows: Repository<LoggedPrediction>,
  ) {}

  /**
   * The rows stored by now that match, oldest first; `onRows` hears how many a page had. The database is asked once before, so that one
   * that is away is an error here and not a broken stream.
   */
  async open(
    filter: PredictionFilter,
    format: ExportFormat,
    onRows?: (count: number) => void,
  ): Promise<Readable> {
    const pages = logPages(this.rows, filter, await newestAt(this.rows));
    const { write } = FORMAT_WRITERS[format];
    return Readable.from(write(onRows === undefined ? pages : counted(pages, onRows)), {
      objectMode: false,
    });
  }
}

async function* counted(
  pages: LogPages,
  onRows: (count: number) => void,
): AsyncGenerator<LogPage, void, undefined> {
  for await (const page of pages) {
    onRows(page.length);
    yield page;
  }
}
