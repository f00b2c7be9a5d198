// What GET /monitoring/stream sends.
import type { components } from '../../api/schema.d.ts';

type Schemas = components['schemas'];

export type Anomaly = Schemas['AnomalyResponse'];
export type Tile = Schemas['TileResponse'];
export type LiveTiles = Schemas['TilesResponse'];
export type LivePoint = Schemas['LivePoint'];
export type LiveScores = Schemas['LiveScores'];
export type LiveQuality = Schemas['LiveQuality'];
export type RecentPrediction = Schemas['LivePrediction'];
export type LiveState = Schemas['LiveStateResponse'];
export type LiveChange = Schemas['LiveChangeResponse'];
