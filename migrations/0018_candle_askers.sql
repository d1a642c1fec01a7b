-- Who asked for candles of past days, as long as those are being fetched; nobody is remembered after that.
ALTER TABLE candle_backfills ADD COLUMN asked_by TEXT REFERENCES users (id) ON DELETE SET NULL;
